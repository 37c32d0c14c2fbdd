"""Taking decisions back: all that was decided in one act at once, as long as nothing later builds on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from pipeline.domain.acts import act_at, leading
from pipeline.domain.decision import LASTING, STAYS, Decision, Draft, Kind, as_read, effective, numbers, standing
from pipeline.domain.errors import DecisionRefused
from pipeline.domain.folding import fold
from pipeline.review.rounds import misplaced

MOST: Final = 2_500
"""Decisions that are taken back at once: everybody else waits meanwhile."""


def whole_act(since: Sequence[Decision], undo: Draft) -> list[Draft]:
    """The undo of one decision as the undo of all that was decided with it in one act, last things first.

    `since` is the log, or its end with that act in it. What was taken back already is left as it is; the first
    draft has the key of the undo given, and so stands for all of them when they are sent again.

    Raises:
        DecisionRefused: it was more than can be taken back at once.
    """
    place = next((at for at, item in enumerate(since) if item.draft.key == undo.subject), None)
    counting = {item.draft.key for item in standing(since)}
    if place is None or undo.subject not in counting:
        return [undo]  # to be refused when it is sent, as any undo of what is not there or undone
    whole = act_at(since, place)
    back = [item.draft.key for item in reversed(whole) if item.draft.key in counting]
    if len(back) > MOST:
        raise DecisionRefused(_too_many(whole))
    return [
        replace(
            undo,
            key=f"{undo.key}:{further}" if further else undo.key,
            subject=key,
            expected_version=undo.expected_version if key == undo.subject else None,
        )
        for further, key in enumerate(back)
    ]


def _too_many(whole: Sequence[Decision]) -> str:
    """Why so much is not taken back at once, and what can be done instead."""
    if any(item.payload.get("round") for item in whole):
        what, instead = "settlement", "Undo single settlements on the page Agreement."
    else:
        what, instead = f"`{leading(whole).kind}`", "Change what it did by further decisions."
    return f"That {what} took {len(whole):,} decisions; no more than {MOST:,} are undone at once. {instead}"


def undone_together(drafts: Sequence[Draft]) -> bool:
    """Whether all of them are undos in one book, which are checked and let act as one."""
    return {(draft.kind, draft.book) for draft in drafts} == {(Kind.UNDO, drafts[0].book)}


def as_one(undos: Sequence[Draft]) -> Callable[[Callable[[], Sequence[Decision]], Decision], str]:
    """What checks the undo of a whole act as it is appended: all of it at once, when the last draft's turn comes."""
    keys = {draft.key for draft in undos}

    def check(read: Callable[[], Sequence[Decision]], candidate: Decision) -> str:
        if candidate.draft.key != undos[-1].key:
            return ""
        log = read()
        before = [item for item in log if item.draft.key not in keys]
        taken = [item for item in log if item.draft.key in keys]
        problem = misplaced(fold(before, candidate.draft.book), candidate.draft)
        return problem or undo_problem(before, [*taken, candidate])

    return check


def undo_problem(log: Sequence[Decision], undos: Sequence[Decision]) -> str:
    """Why undos cannot act together on a log of one book, in a sentence with the numbers of that book; "" where they
    can."""
    book = undos[-1].draft.book
    before, after = as_read(log, book), as_read([*log, *undos], book)
    mine = {item.draft.key: item for item in log if item.draft.book == book}
    for undo in undos:
        if undo.subject not in mine:
            return "There is no such decision to undo."
        if mine[undo.subject].kind in LASTING:
            return STAYS
    first = numbers(log, book)[undos[-1].subject]
    if effective(before) == effective(after):
        return f"Decision {first} was undone already."
    void_before = {item.seq for item in fold(before).void}
    for item in fold(after).void:
        if item.seq not in void_before:
            return f"Decision {item.seq} builds on decision {first}; undo {item.seq} first. ({item.why})"
    return ""
