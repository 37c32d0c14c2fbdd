"""Codes that coders made in their own books of closed blind rounds: whose each was, and what it was called."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from pipeline.domain.codebook import Round
from pipeline.web.closed_rounds import side_by_side
from pipeline.work.live_study import LiveStudy


@dataclass(frozen=True, slots=True)
class OwnCode:
    """A code of one coder's own, by the name it had when the round was closed."""

    name: str
    coder: str
    round: Round


def own_codes(study: LiveStudy, past: Iterable[Round], wanted: Collection[str]) -> Mapping[str, OwnCode]:
    """Those of the wanted codes that a coder made in a closed round and that were in use when it ended. Reads the log
    the first time: not to be asked while looking."""
    found = {}
    for closed in past if wanted else ():
        comparison = side_by_side(study, closed)
        versions = (version for unit in comparison.units for version in unit.given)
        for coder, code in ((version.coder, end.code) for version in versions for end in version.ends):
            if code.id in wanted and code.id not in comparison.codes:
                found[code.id] = OwnCode(code.name, coder, closed)
    return found
