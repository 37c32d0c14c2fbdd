"""People decide: every act is one entry in the log, refused with its reason when it cannot act."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from pipeline.domain.codebook import Codebook
from pipeline.domain.decision import Decision, Draft, Kind, effective, in_book
from pipeline.domain.errors import DecisionRefused, NotReady, StaleDecision
from pipeline.domain.folding import fold
from pipeline.review.deciding import check
from pipeline.review.rounds import book_of, misplaced
from pipeline.review.signing import Signature
from pipeline.store import OutboxMessage
from pipeline.work import prepare as preparing
from pipeline.work import suggesting
from pipeline.work.workplace import CHECKPOINTS, CODES, MAP, TRANSCRIPTS, Workplace, now

STAGE_OF: Final = {TRANSCRIPTS: "prepare", CODES: "suggest", MAP: "map"}
NEXT: Final = {TRANSCRIPTS: "suggest", CODES: "map_codes", MAP: "report"}
"""The deployment that each checkpoint's approval starts."""
_BEARING: Final = frozenset({Kind.APPROVE, Kind.ROUND, Kind.CLOSE, Kind.UNDO})
"""Decisions that may bring an approval back or make one, or open or close a round; any other only outdates one."""


def new_key() -> str:
    """A key for a decision made once, by hand."""
    return uuid.uuid4().hex


def codebook(work: Workplace, coder: str = "") -> Codebook:
    """The codebook as decided so far: the team's, or what a coder sees who takes part in a blind round."""
    log = work.store.decisions.log(work.study.id)
    team = fold(log)
    book = book_of(team, coder)
    return fold(log, book) if book else team


def signature(work: Workplace, coder: str, *, key: str, reason: str = "", expected: int | None = None) -> Signature:
    """The coder's hand under a decision taken now, in the book that the coder writes in."""
    return Signature(work.study.id, coder, now(), key, reason, expected, book_of(codebook(work), coder.strip()))


def before(work: Workplace, key: str) -> tuple[Decision, ...]:
    """The log as it was before a decision of that key was taken; all of it where none was.

    A decision drafted on it is the same whenever it is sent again: it is answered with itself, and no other is.
    """
    log = work.store.decisions.log(work.study.id)
    return log[: next((place for place, item in enumerate(log) if item.draft.key == key), len(log))]


def decide(work: Workplace, draft: Draft) -> Decision:
    """Append one decision.

    Raises:
        DecisionRefused: it cannot act; nothing was written.
        StaleDecision: the subject changed since the coder looked; nothing was written.
    """
    return work.store.decisions.append(draft, check=check)


def approve(work: Workplace, checkpoint: str, coder: str, reason: str = "", *, seen: int | None = None) -> Decision:
    """Sign off a checkpoint for the latest version of its stage; the next stage is put in the outbox with it.

    `seen` is the version the person looked at. Approving what is already approved returns that decision.

    Raises:
        DecisionRefused: there is no such checkpoint, nobody signs, or coders are at work in a blind round.
        StaleDecision: a newer version than the one looked at stands there now.
        NotReady: its stage has not run, or the map stands on what still waits at an earlier checkpoint.
    """
    if checkpoint not in CHECKPOINTS:
        raise DecisionRefused(
            f"There is no checkpoint `{checkpoint}`. The checkpoints are: {', '.join(CHECKPOINTS)}."
        )
    if not coder.strip():
        raise DecisionRefused("A decision needs to say who takes it. Give your name.")
    earlier = [item for item in waiting(work) if item != MAP] if checkpoint == MAP else []
    stage = work.store.stages.latest(work.study.id, STAGE_OF[checkpoint])
    if stage and checkpoint == TRANSCRIPTS:
        # Corrections made since take effect before they are signed off; a file nobody looked at is not read here.
        preparing.prepare(work, only=stage.summary["groups"])
    # A long log takes a while to look through; nobody is to wait for their turn to write meanwhile.
    log = work.store.decisions.log(work.study.id)
    so_far = _SoFar.of(log, checkpoint)
    with work.store.atomically(work.study.id):  # of two who sign off at once the second finds what the first did
        since = work.store.decisions.since(work.study.id, log[-1].seq if log else 0)
        if any(item.kind in _BEARING for item in since):
            so_far = _SoFar.of((*log, *since), checkpoint)
        elif in_book(since):
            so_far = replace(so_far, approved=None)  # something was decided after it
        return _approved(work, checkpoint, coder, reason, seen, so_far, earlier)


@dataclass(frozen=True, slots=True)
class _SoFar:
    """What a log says that bears on signing off a checkpoint: its last approval, if nothing but approvals was decided
    since; how often it was approved, undone or not; and the codebook as far as rounds go, which is quick to fold."""

    approved: Decision | None
    times: int
    rounds: Codebook

    @classmethod
    def of(cls, log: Sequence[Decision], checkpoint: str) -> _SoFar:
        times = sum(item.kind is Kind.APPROVE and item.subject == checkpoint for item in log)
        rounds = fold([item for item in log if item.kind in _BEARING and item.kind is not Kind.APPROVE])
        return cls(_last_approval(log, checkpoint), times, rounds)


def _last_approval(log: Sequence[Decision], checkpoint: str) -> Decision | None:
    for item in reversed(effective(in_book(log))):
        if item.kind is not Kind.APPROVE:
            return None
        if item.subject == checkpoint:
            return item
    return None


def _approved(
    work: Workplace,
    checkpoint: str,
    coder: str,
    reason: str,
    seen: int | None,
    so_far: _SoFar,
    earlier: Sequence[str],
) -> Decision:
    stage = work.store.stages.latest(work.study.id, STAGE_OF[checkpoint])
    if stage is None:
        raise NotReady(f"There is nothing to approve yet: {STAGE_OF[checkpoint]} has not run on this study.")
    if seen is not None and seen != stage.version:
        raise StaleDecision(
            f"You looked at version {seen} of checkpoint `{checkpoint}`; version {stage.version} stands there now. "
            "Look at it, then approve it."
        )
    if so_far.approved and so_far.approved.payload["version"] == stage.version:
        return so_far.approved
    if checkpoint == TRANSCRIPTS and not stage.summary["groups"]:
        raise NotReady("There is nothing to approve: no focus group has been prepared.")
    if earlier and so_far.rounds.open_round is None:  # a report of the map as it is would be out of date at once
        raise NotReady(
            f"The map is out of date: checkpoint `{earlier[0]}` waits, and the map is made anew after it. Approve "
            f"`{earlier[0]}` and run, then look at the map again."
        )
    study, attempt = work.study.id, so_far.times + 1
    draft = Draft(
        key=f"approve:{study}:{checkpoint}:{stage.version}:{attempt}",
        study=study,
        coder=coder,
        at=now(),
        kind=Kind.APPROVE,
        subject=checkpoint,
        payload={"version": stage.version},
        reason=reason,
    )
    message = OutboxMessage(
        key=f"{NEXT[checkpoint]}:{study}:{checkpoint}:{stage.version}:{attempt}",
        study=study,
        deployment=NEXT[checkpoint],
        parameters={"study": study},
    )
    # coders may be at work blind: then nothing is signed off
    return work.store.decisions.append_with_outbox(
        draft, message, check=lambda _read, candidate: misplaced(so_far.rounds, candidate.draft)
    )


def waiting(work: Workplace) -> dict[str, int]:
    """Checkpoints that wait for people, with the version that waits."""
    approvals = codebook(work).approvals
    found: dict[str, int] = {}
    for checkpoint in CHECKPOINTS:
        stage = work.store.stages.latest(work.study.id, STAGE_OF[checkpoint])
        if stage and (checkpoint not in approvals or approvals[checkpoint].version < stage.version):
            found[checkpoint] = stage.version
    return found


def undecided(work: Workplace) -> int:
    """How many candidates nobody has decided on."""
    book = codebook(work)
    return sum(not book.decided(item.id) for item in suggesting.current(work)[0].suggestions)
