"""The whole way without a server: as far as the approvals allow, and a word on what waits for whom."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, Final

from pipeline.domain.errors import NotReady
from pipeline.work import deciding, inbox, reporting, suggesting
from pipeline.work import mapping as mapped
from pipeline.work import prepare as preparing
from pipeline.work.workplace import CHECKPOINTS, TRANSCRIPTS, Progress, Workplace, now, silent


@dataclass(frozen=True, slots=True)
class Ran:
    """What each stage did, in order, and the checkpoint that stopped the run ("" when the report was written)."""

    stages: dict[str, Any] = field(default_factory=dict)
    waits_at: str = ""


_STAGES: Final[tuple[tuple[str, Callable[[Workplace, Progress], Any]], ...]] = (
    ("prepare", lambda work, progress: preparing.prepare(work, progress=progress)),
    ("suggest", suggesting.suggest),
    ("map_codes", mapped.map_codes),
    ("report", reporting.report),
)


def run(work: Workplace, coder: str, *, accept_as_read: bool = False, progress: Progress = silent) -> Ran:
    """Take in what lies in the inbox, then do every stage that may be done now.

    `accept_as_read` signs off checkpoint 1 in the coder's name.

    Raises:
        NotReady: the study has no focus group with a transcript.
    """
    done: dict[str, Any] = {"inbox": inbox.scan(work)}
    for number, (name, stage) in enumerate(_STAGES):
        if number:
            checkpoint = CHECKPOINTS[number - 1]
            if checkpoint == TRANSCRIPTS and accept_as_read and checkpoint in deciding.waiting(work):
                deciding.approve(work, checkpoint, coder, reason="accepted as read")
            if checkpoint in deciding.waiting(work):
                return Ran(done, waits_at=checkpoint)
        asked = frozenset(message.key for message in work.store.outbox.pending(work.study.id))
        done[name] = stage(work, progress)
        _done_here(work, name, asked)
        if name == "prepare" and not done[name].summary["groups"]:
            return _nothing_read(done)
    return Ran(done)


def _nothing_read(done: dict[str, Any]) -> Ran:
    """Checkpoint 1 waits where files were refused; there is nothing in it that could be accepted as read."""
    if not done["prepare"].summary["refused"]:
        raise NotReady(
            "No focus group has a transcript yet: name its file in study.toml, or drop it in the inbox. "
            "`polyvocal check` lists what is missing."
        )
    return Ran(done, waits_at=TRANSCRIPTS)


def _done_here(work: Workplace, deployment: str, asked: Collection[str]) -> None:
    """What was `asked` for before it was done here need not be started again by the dispatcher. What was asked for
    while it was done is: it may be about more."""
    for message in work.store.outbox.pending(work.study.id):
        if message.deployment == deployment and message.key in asked:
            work.store.outbox.sent(message.key, now(), "done here")
    work.store.outbox.made_good(work.study.id, deployment)
