"""Two hours at a coder's desk: every kind of decision, each under a key that a second try repeats."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.domain.decision import Draft
from pipeline.domain.errors import DecisionRefused
from pipeline.review.signing import new_id
from pipeline.work.workplace import Workplace

if TYPE_CHECKING:
    from pipeline.work.desk import Desk


@dataclass(frozen=True, slots=True)
class Step:
    """One decision: its key, how the desk drafts it, the reason, the version of the subject that was looked at."""

    key: str
    draft: Callable[[Desk], Draft]
    reason: str = ""
    expected: int | None = None


def code_of(key: str, part: int = 0) -> str:
    """The id of the code that a step's decision makes."""
    return new_id("c-", key, part)


def decide(work: Workplace, say: Callable[..., None]) -> None:
    """Take every step; each is acknowledged once the store has it. A second try finds what the first one left.

    A step that was stored but never acknowledged is tried again: the store answers with the decision it has, or the
    desk refuses to draft it twice. Both are told as acknowledgement of what is in the log.
    """
    from pipeline.work import deciding, suggesting
    from pipeline.work.desk import Desk

    candidates = [item.id for item in suggesting.current(work)[0].suggestions]
    members = [list(item.segments) for item in suggesting.current(work)[0].suggestions]
    free = [segment.id for segment in work.store.segments.of_study(work.study.id) if not segment.moderator]
    for step in steps(work, candidates, members, free):
        sign = deciding.signature(work, "ana", key=step.key, reason=step.reason, expected=step.expected)
        try:
            decision = deciding.decide(work, step.draft(Desk(work, sign)))
        except DecisionRefused:
            log = work.store.decisions.log(work.study.id)
            there = [item for item in log if item.draft.key == step.key]
            if not there:
                raise
            decision = there[0]
        say("ack", decision.draft.key, decision.seq)


def steps(work: Workplace, candidates: list[str], members: list[list[str]], free: list[str]) -> Iterator[Step]:
    """The script. Undoing needs the number of what is undone, so it looks into the log when its turn comes."""

    def number(key: str) -> int:
        return next(item.seq for item in work.store.decisions.log(work.study.id) if item.draft.key == key)

    first, second, own, other = (code_of(key) for key in ("accept-1", "accept-2", "create", "create-2"))
    yield Step("accept-1", lambda desk: desk.accept(candidates[0], None, "What helps.", []))
    yield Step("accept-2", lambda desk: desk.accept(candidates[1], "Getting there", "", members[1][-1:]))
    yield Step("reject", lambda desk: desk.reject(candidates[2]), reason="Small talk")
    yield Step("create", lambda desk: desk.create("Trust", "Takes years.", free[:3]))
    yield Step("create-2", lambda desk: desk.create("Distance", "", []))
    yield Step("rename", lambda desk: desk.rename(first, "Partners", None), expected=1)
    yield Step("stance", lambda desk: desk.stance(first, "strength"), expected=2)
    yield Step("merge", lambda desk: desk.merge(first, [second]))
    yield Step("undo", lambda desk: desk.undo(number("merge")), reason="Too coarse")
    yield Step("undo-undo", lambda desk: desk.undo(number("undo")))
    yield Step("merge-candidate", lambda desk: desk.merge(other, [candidates[2]]), reason="No small talk after all")
    for index, segment in enumerate(free[3:13]):
        yield Step(f"apply-{index}", lambda desk, segment=segment: desk.apply(segment, own))  # type: ignore[misc]
        yield Step(f"memo-{index}", lambda desk, segment=segment: desk.memo(segment, "Look again"))  # type: ignore[misc]
    yield Step("remove", lambda desk: desk.remove(free[4], own))
    yield Step("move", lambda desk: desk.move(free[5], own, first))
    yield Step("split", lambda desk: desk.split(own, [f"Years={free[6]},{free[7]}", f"People={free[8]}"]))
    yield Step("theme", lambda desk: desk.theme("Together", [first, code_of("split")], "", ""))
    yield Step("theme-2", lambda desk: desk.theme("Apart", [other], "", ""))
    yield Step("dissolve", lambda desk: desk.dissolve(new_id("t-", "theme-2")))
    yield Step("undo-remove", lambda desk: desk.undo(number("remove")))
