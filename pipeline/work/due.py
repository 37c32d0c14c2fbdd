"""Whether the next run has anything to do, told without doing it."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Final

from pipeline.domain.decision import CORRECTIONS, Kind, in_book
from pipeline.work.deciding import NEXT, STAGE_OF, waiting
from pipeline.work.workplace import CHECKPOINTS, CODES, TRANSCRIPTS, Workplace

_CHANGES_NOTHING: Final = {Kind.MEMO, Kind.APPROVE, Kind.DEFINE, Kind.PLACE, Kind.ROUND, Kind.CLOSE}


class Due(StrEnum):
    """What can be told from the log, the versions and the outbox."""

    YES = "yes"
    PERHAPS = "perhaps"
    NO = "no"


def due(work: Workplace) -> Due:
    """YES where nothing was made yet or an approval has not been followed up; PERHAPS where people decided since.

    What comes after a checkpoint that waits cannot be done before it.
    """
    if work.store.stages.latest(work.study.id, STAGE_OF[TRANSCRIPTS]) is None:
        return Due.YES
    waits = waiting(work)
    closed = {NEXT[item] for item in CHECKPOINTS[CHECKPOINTS.index(next(iter(waits))) :]} if waits else set()
    if any(message.deployment not in closed for message in work.store.outbox.pending(work.study.id)):
        return Due.YES
    return Due.PERHAPS if _since(work) - _waited_for(waits) else Due.NO


def _since(work: Workplace) -> set[Kind]:
    """Kinds of the decisions that no version made since and no later approval has taken up."""
    made = [work.store.stages.latest(work.study.id, stage) for stage in STAGE_OF.values()]
    last_made = max(stage.at for stage in made if stage)
    since: set[Kind] = set()
    for item in reversed(in_book(work.store.decisions.log(work.study.id))):
        if item.kind is Kind.APPROVE or item.draft.at < last_made:
            break
        since.add(item.kind)
    return since - _CHANGES_NOTHING


def _waited_for(checkpoints: Collection[str]) -> set[Kind]:
    """Kinds that the first checkpoint that waits is there for: taking them is what it waits for."""
    if TRANSCRIPTS in checkpoints:
        return set(Kind)
    if CODES in checkpoints:
        return set(Kind) - CORRECTIONS
    return {Kind.THEME} if checkpoints else set()
