"""What changed since people signed off the map, and since the report was written: told, so that neither misleads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.domain.counted import counted
from pipeline.domain.decision import TEAM, Decision, Kind, effective, standing
from pipeline.store import StageVersion
from pipeline.work import mapping
from pipeline.work import prepare as preparing
from pipeline.work.reopened import differing
from pipeline.work.workplace import MAP, Workplace

REPORT: Final = "report"
"""The stage that writes the report; its versions say from which decisions and which talk."""
OF_THE_MAP: Final = frozenset(Kind) - (mapping.CHANGES_NO_MAP - {Kind.THEME}) - {Kind.UNDO, Kind.FINISH}
"""Kinds of decisions that change what people signed off with the map."""
OF_THE_REPORT: Final = frozenset(Kind) - {Kind.APPROVE, Kind.ROUND, Kind.UNDO, Kind.FINISH}
"""Kinds of decisions that change what a report says."""
Read = Callable[[int], Sequence[Decision]]
"""Gives the team's decisions with a seq above a number, in order."""


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since a moment (`at`, ISO 8601), and who had signed off then ("" for nobody).

    `decisions` counts those that changed something and still count, undos of earlier ones among them; `rounds` the
    blind rounds closed; `groups` says of each focus group that was prepared anew why, "" of one that is new.
    """

    at: str
    by: str
    decisions: int
    rounds: int
    groups: Mapping[str, str]

    @property
    def anything(self) -> bool:
        """Whether anything changed at all."""
        return bool(self.decisions or self.rounds or self.groups)

    def told(self, of_which_sort: str = "") -> str:
        """All of it, as the end of a sentence; `of_which_sort` is said of the decisions."""
        return _listed(tuple(self._parts(of_which_sort)))

    def _parts(self, of_which_sort: str) -> Iterator[str]:
        if self.decisions:
            yield f"people took {counted(self.decisions, 'decision')}{of_which_sort}"
        if self.rounds:
            yield "a blind round was closed" if self.rounds == 1 else f"{self.rounds} blind rounds were closed"
        if new := [group for group, why in self.groups.items() if not why]:
            yield f"the talk of {_listed(new)} was added"
        yield from (f"{group} was prepared anew ({why})" for group, why in self.groups.items() if why)


def since_signed_off(work: Workplace, read: Read | None = None) -> Since | None:
    """What changed since people last signed off the map; None where they never did, or nothing changed.

    Only the team's decisions count: what coders decide in a blind round changes nothing here before it is closed.
    """
    approvals = effective(work.store.decisions.touching(work.study.id, [MAP]))
    signed = next((item for item in reversed(approvals) if item.kind is Kind.APPROVE and item.subject == MAP), None)
    if signed is None:
        return None
    made = _version(work, mapping.STAGE, int(signed.payload["version"]))
    decided = _changing(work, (read or _reader(work))(signed.seq), OF_THE_MAP)
    found = Since(signed.draft.at, signed.draft.coder, len(decided), 0, _groups_since(work, made))
    return found if found.anything else None


def since_written(work: Workplace, read: Read | None = None) -> Since | None:
    """What changed since the report was written; None where it was not, or nothing changed. As `since_signed_off`."""
    written = work.store.stages.latest(work.study.id, REPORT)
    if written is None:
        return None
    decided = _changing(work, (read or _reader(work))(int(written.summary["seq"])), OF_THE_REPORT)
    rounds = sum(item.kind is Kind.CLOSE for item in decided)
    found = Since(written.at, "", len(decided) - rounds, rounds, _groups_since(work, written))
    return found if found.anything else None


def unsigned(work: Workplace) -> str:
    """A sentence for the report on what was decided after people signed off the map; "" for nothing."""
    since = since_signed_off(work)
    return f"{map_since(since)} Nobody has signed off the map with that." if since else ""


def map_since(since: Since) -> str:
    """What changed since the map was signed off, in a sentence."""
    return f"Since {since.by} approved the map on {since.at[:10]}, {since.told(' on what it shows')}."


def _reader(work: Workplace) -> Read:
    return lambda after: work.store.decisions.since(work.study.id, after, books={TEAM})


def _changing(work: Workplace, since: Sequence[Decision], kinds: Collection[Kind]) -> list[Decision]:
    """The decisions of these kinds that count now and did not, or did and do not: what was taken back in the same
    time changed nothing, and to take back an earlier decision is a change."""
    keys = {item.draft.key for item in since}
    changing: list[Decision] = []
    for item in standing(since):
        changed: Decision | None = item
        if item.kind is Kind.UNDO:
            changed = None if item.subject in keys else work.store.decisions.by_key(work.study.id, item.subject)
            while changed and changed.kind is Kind.UNDO:
                changed = work.store.decisions.by_key(work.study.id, changed.subject)
        if changed and changed.kind in kinds:
            changing.append(changed)
    return changing


def _groups_since(work: Workplace, made: StageVersion | None) -> dict[str, str]:
    """The focus groups that were prepared anew since a stage made something, with why; "" for one that is new."""
    latest = work.store.stages.latest(work.study.id, preparing.STAGE)
    if made is None or latest is None or _no_later(latest, made):
        return {}
    before = [item for item in work.store.stages.history(work.study.id, preparing.STAGE) if _no_later(item, made)]
    if not before:
        return {}
    known = before[-1].summary["groups"]
    return {group: why if group in known else "" for group, why in differing(known, latest.summary["groups"]).items()}


def _no_later(prepared: StageVersion, made: StageVersion) -> bool:
    """Whether a version of the preparation was there when a stage made something. The report notes which it was made
    from; the map does not: there the clock must do."""
    known = made.summary.get("prepared")
    return prepared.at <= made.at if known is None else prepared.version <= int(known)


def _version(work: Workplace, stage: str, number: int) -> StageVersion | None:
    latest = work.store.stages.latest(work.study.id, stage)
    if latest is None or latest.version == number:
        return latest
    return next((item for item in work.store.stages.history(work.study.id, stage) if item.version == number), None)


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(item for item in (", ".join(parts[:-1]), *parts[-1:]) if item)
