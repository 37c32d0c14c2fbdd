"""A study at a glance: what waits for whom, where each stage stands, what runs, and the button that starts a run."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from pipeline.domain.account import Role
from pipeline.domain.counted import counted
from pipeline.domain.errors import DecisionRefused
from pipeline.store import OutboxMessage, StageVersion
from pipeline.store.outbox import COMPLETED
from pipeline.web.endpoints import PREPARERS, READERS, Answer, Ask, Go, Page, act, page
from pipeline.web.waiting import checkpoint_waits, waiting_for
from pipeline.work.deciding import STAGE_OF
from pipeline.work.inbox import is_of_inbox, lying
from pipeline.work.live_study import View
from pipeline.work.progress import under_way
from pipeline.work.workplace import CHECKPOINTS, Workplace

STAGES: Final = {
    "inbox_scan": "Look into the inbox",
    "prepare": "Prepare the transcripts",
    "suggest": "Suggest candidate codes",
    "map_codes": "Map the codes",
    "report": "Write the report",
}
GAVE_WAY: Final = "CANCELLED"
"""The outcome of a look into the inbox that met another one at work."""
_SHOWN: Final = 8
_WHOSE: Final = {"transcripts": "the analyst", "codes": "the coders", "map": "the coders"}
_TITLES: Final = {"transcripts": "Transcripts", "codes": "Codes", "map": "Map"}


def show(ask: Ask) -> Answer:
    """What waits, the checkpoints, the runs, and what the last run changed."""
    work = ask.study.work
    messages = work.store.outbox.latest(ask.study.id, _SHOWN)
    tasks = waiting_for(ask.study, ask.person, ask.roles)
    with ask.study.looking(ask.person) as view:
        context: dict[str, Any] = {
            "title": "Overview",
            "checkpoints": [_checkpoint(view, checkpoint) for checkpoint in CHECKPOINTS],
            "changed": _changed(view.stages["suggest"]),
            "codes": len(view.book.active_codes),
            "codings": len(view.book.codings),
            "groups": len(view.material.recordings),
            "blind": bool(view.blind),
        }
    runs = [_run(ask, message, messages[:place]) for place, message in enumerate(messages)]
    may_run = Role.ANALYST in ask.roles
    asked = len(messages) and messages[0].key
    return Page(
        "overview.html.j2",
        {
            **context,
            "tasks": tasks,
            "runs": runs,
            "working": under_way(work),
            "stages": STAGES,
            "first_stage": "inbox_scan" if context["groups"] else "prepare",
            "may_run": may_run,
            "analysts": _analysts(ask),
            "inbox": _inbox(work) if may_run else None,
            "asked": asked,
        },
    )


def start(ask: Ask) -> Answer:
    """Ask for a run: the dispatcher starts it in Prefect, at once or when Prefect answers again."""
    stage = ask.value("stage")
    if stage not in STAGES:
        raise DecisionRefused(f"There is no stage `{stage}`. Choose one of: {', '.join(STAGES.values())}.")
    study = ask.study
    print_of = hashlib.sha256(f"{ask.person}\n{ask.value('asked')}".encode()).hexdigest()[:12]
    key = f"{stage}:{study.id}:asked:{print_of}:1"
    study.work.store.outbox.add(OutboxMessage(key, study.id, stage, {"study": study.id}))
    return Go(f"{ask.base}#runs")


def _checkpoint(view: View, checkpoint: str) -> dict[str, Any]:
    stage, approval = view.stages[STAGE_OF[checkpoint]], view.book.approvals.get(checkpoint)
    if stage is None:
        state = "not reached yet"
    elif checkpoint_waits(view, checkpoint):
        state = f"waits for {_WHOSE[checkpoint]}"
    else:
        state = "approved"
    return {
        "title": _TITLES[checkpoint],
        "part": {"transcripts": "transcripts", "codes": "codebook", "map": "map"}[checkpoint],
        "state": state,
        "version": stage.version if stage else 0,
        "by": approval.coder if approval else "",
        "at": approval.at if approval else "",
    }


def _changed(suggested: StageVersion | None) -> str:
    """What the last clustering brought, in the words of the command line."""
    if suggested is None:
        return ""
    counts = suggested.summary
    if counts["mode"] == "full":
        return (
            f"{counted(counts['candidates'], 'candidate')} over {counted(counts['segments'], 'segment')}; "
            f"{counts['unclear']} of them fit nowhere and are kept as unclear."
        )
    return (
        f"{counted(counts['candidates'], 'new candidate')}; {counted(counts['proposed_codings'], 'coding')} proposed "
        f"to {counted(counts['codes_gaining'], 'code')}, to be confirmed; "
        f"{counted(counts['decisions_touched'], 'decision')} touched."
    )


def _analysts(ask: Ask) -> list[str]:
    """Who may start a run."""
    members = ask.site.accounts.accounts.memberships(study=ask.study.id)
    return sorted({item.account for item in members if item.role is Role.ANALYST}, key=str.casefold)


def _inbox(work: Workplace) -> dict[str, Any]:
    """Where the inbox is, how many files wait in it and for how long each does, and how many could not be read."""
    return {
        "folder": f"{work.inbox.parent.name}/{work.inbox.name}",
        "waiting": len(lying(work)),
        "settles": counted(math.ceil(work.settings.inbox.settle), "second"),
        "aside": len(work.store.transcripts.refused(work.study.id)),
    }


def _ended(message: OutboxMessage, since: Sequence[OutboxMessage]) -> str:
    """How a run ended. A look into the inbox gives way to one that is under way, which is then as good as done; each
    file that one takes in asks for a run of its own."""
    if message.deployment != "inbox_scan" or message.outcome not in {COMPLETED, GAVE_WAY}:
        return message.outcome.lower()
    return "completed" if any(is_of_inbox(item) for item in since) else "nothing new in the inbox"


def _run(ask: Ask, message: OutboxMessage, since: Sequence[OutboxMessage]) -> dict[str, str]:
    """A run as people see it; its link leads to Prefect's page where one was started there. `since` are those asked
    for later."""
    if message.outcome:
        state = _ended(message, since)
    elif message.flow_run:
        state = "running" if _is_uuid(message.flow_run) else "done"
    else:
        state = f"waits to be started ({message.problem})" if message.problem else "waits to be started"
    there = ask.site.prefect and _is_uuid(message.flow_run)
    path = f"{ask.site.prefect}/runs/flow-run/{message.flow_run}" if there else ""
    return {"title": STAGES.get(message.deployment, message.deployment), "state": state, "path": path}


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


ENDPOINTS: Final = (
    page("/studies/{study}", READERS, show),
    act("/studies/{study}/runs", PREPARERS, start),
)
