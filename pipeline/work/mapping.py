"""Stage three: approved codes onto the guide's questions, and themes proposed for people to make or leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.codebook import Codebook
from pipeline.domain.decision import Kind, effective, in_book
from pipeline.domain.folding import fold
from pipeline.domain.mapped import Mapped
from pipeline.domain.said import Said
from pipeline.domain.study import Study
from pipeline.mapping.by_question import map_codes as mapped_codes
from pipeline.mapping.themes import ProposedTheme, propose_themes
from pipeline.work import prepare as preparing
from pipeline.work import suggesting
from pipeline.work.embedding import vectors
from pipeline.work.talk import Talk, talk
from pipeline.work.workplace import CODES, Progress, Workplace, fingerprint, now, silent

STAGE: Final = "map"
METHOD: Final = "map.v2"
CHANGES_NO_MAP: Final = {Kind.APPROVE, Kind.MEMO, Kind.THEME, Kind.DEFINE, Kind.PLACE, Kind.ROUND, Kind.CLOSE}
"""Kinds of decisions after which the map is the same."""


@dataclass(frozen=True, slots=True)
class MapMade:
    """The frozen version; `summary` holds the counts and the proposed themes."""

    version: int
    changed: bool
    summary: dict[str, Any] = field(default_factory=dict)


def map_codes(work: Workplace, progress: Progress = silent) -> MapMade:
    """Bring the codes that checkpoint 2 approved onto the guide's questions and propose themes.

    Raises:
        NotReady: nothing was suggested, or checkpoint 2 is not approved for the latest version.
    """
    suggested = suggesting.approved_version(work, suggesting.STAGE, CODES)
    log = work.store.decisions.log(work.study.id)
    deciding = [item.hash for item in effective(in_book(log)) if item.kind not in CHANGES_NO_MAP]
    inputs = fingerprint([METHOD, suggested.version, deciding, _described(work)])
    latest = work.store.stages.latest(work.study.id, STAGE)
    if latest and latest.fingerprint == inputs:
        return MapMade(latest.version, changed=False, summary=dict(latest.summary))
    progress("mapping", 0, 1)
    book, said = fold(log), talk(work)
    mapped = mapped_codes(full_study(work), book, said.said)
    themes = _themes(work, book, mapped, said)
    summary = {
        "codes": len(book.active_codes),
        "codings": len(book.codings),
        "themes_proposed": len(themes),
        "themes": [asdict(theme) for theme in themes],
    }
    frozen = work.store.stages.freeze(work.study.id, STAGE, inputs, summary, now())
    progress("mapping", 1, 1)
    return MapMade(frozen.version, changed=True, summary=summary)


def _described(work: Workplace) -> list[Any]:
    """What study.toml says that the map is made of: a change there asks for another look."""
    prepared = work.store.stages.latest(work.study.id, preparing.STAGE)
    roles = sorted([person.group, person.id, person.role or ""] for person in work.study.participants)
    people = [[person.group, person.id, dict(person.attributes)] for person in work.study.participants]
    groups = [[group.id, dict(group.attributes)] for group in work.study.groups]
    said_of = [item for item in (*people, *groups) if item[-1]]
    return [prepared.fingerprint if prepared else "", roles, *([said_of] if said_of else [])]


def full_study(work: Workplace) -> Study:
    """The study with the groups that came by the inbox alone."""
    return replace(work.study, groups=work.groups())


def _themes(work: Workplace, book: Codebook, mapped: Mapped, said: Talk) -> tuple[ProposedTheme, ...]:
    by_id = said.by_id()
    carried = {code: [by_id[item] for item in cell.segments] for code, cell in mapped.totals.items() if cell.segments}
    if not carried:
        return ()
    turns = {code: {item.turn for item in items} for code, items in carried.items()}
    return propose_themes(book, mapped, tuple(carried), centroids(work, carried), turns)


def centroids(work: Workplace, carried: Mapping[str, Sequence[Said]]) -> NDArray[np.float32]:
    """The mean vector of each code's segments, shape (codes, d), in the order given."""
    excerpts = [item.excerpt for items in carried.values() for item in items]
    found, _ = vectors(work, excerpts)
    ends = np.cumsum([len(items) for items in carried.values()])
    return np.array([part.mean(axis=0) for part in np.split(found, ends[:-1])], dtype=np.float32)


def current_map(work: Workplace) -> tuple[Mapped, tuple[ProposedTheme, ...]]:
    """Codes by question as decided so far, and the themes of the latest frozen version nobody has made yet."""
    book = fold(work.store.decisions.log(work.study.id))
    mapped = mapped_codes(full_study(work), book, talk(work).said)
    latest = work.store.stages.latest(work.study.id, STAGE)
    stored = latest.summary["themes"] if latest else ()
    themes = (ProposedTheme(**{**item, "codes": tuple(item["codes"])}) for item in stored)
    made = [set(theme.codes) for theme in book.themes.values()]
    return mapped, tuple(theme for theme in themes if not any(set(theme.codes) <= codes for codes in made))
