"""The runs of a study as people see them: what goes on, how each ended and why, and which stage cannot run yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from pipeline.store import OutboxMessage
from pipeline.store.outbox import COMPLETED
from pipeline.web.waiting import checkpoint_waits
from pipeline.work.deciding import STAGE_OF
from pipeline.work.inbox import is_of_inbox
from pipeline.work.live_study import View
from pipeline.work.workplace import CODES, MAP, TRANSCRIPTS

STAGES: Final = {
    "inbox_scan": "Look into the inbox",
    "prepare": "Prepare the transcripts",
    "suggest": "Suggest candidate codes",
    "map_codes": "Map the codes",
    "report": "Write the report",
}
GAVE_WAY: Final = "CANCELLED"
"""The outcome of a look into the inbox that met another one at work."""
_AFTER: Final[Mapping[str, tuple[str, str, str]]] = {
    "suggest": (TRANSCRIPTS, "the transcripts are to be prepared first", "the transcripts wait for confirmation"),
    "map_codes": (CODES, "candidate codes are to be suggested first", "the codebook waits for approval"),
    "report": (MAP, "the codes are to be mapped first", "the map waits for approval"),
}
"""Per stage the checkpoint it comes after, and what is said where that was not reached and where it waits."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run that was asked for. `goes_on` until it has ended; `why` is the sentence it left where it stopped."""

    key: str
    title: str
    state: str
    goes_on: bool
    why: str = ""


def runs(messages: Sequence[OutboxMessage]) -> list[Run]:
    """The runs, the latest first, as the messages are."""
    return [_run(message, messages[:place]) for place, message in enumerate(messages)]


def not_yet(view: View) -> dict[str, str]:
    """Of each stage that cannot run now, what stands before it."""
    found = {}
    for stage, (checkpoint, first, waits) in _AFTER.items():
        if view.stages[STAGE_OF[checkpoint]] is None:
            found[stage] = first
        elif checkpoint_waits(view, checkpoint):
            found[stage] = waits
    return found


def _run(message: OutboxMessage, since: Sequence[OutboxMessage]) -> Run:
    """`since` are the messages that came later."""
    title = STAGES.get(message.deployment, message.deployment)
    if message.outcome:
        state = _ended(message, since)
        why = message.problem if message.outcome not in {COMPLETED, GAVE_WAY} else ""
        return Run(message.key, title, state, goes_on=False, why=why)
    if message.flow_run:
        running = _is_uuid(message.flow_run)
        return Run(message.key, title, "running" if running else "done", goes_on=running)
    state = f"waits to be started ({message.problem})" if message.problem else "waits to be started"
    return Run(message.key, title, state, goes_on=True)


def _ended(message: OutboxMessage, since: Sequence[OutboxMessage]) -> str:
    """How a run ended. A look into the inbox gives way to one that is under way, which is then as good as done; each
    file that one takes in asks for a run of its own."""
    if message.deployment != "inbox_scan" or message.outcome not in {COMPLETED, GAVE_WAY}:
        return message.outcome.lower()
    return "completed" if any(is_of_inbox(item) for item in since) else "nothing new in the inbox"


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
