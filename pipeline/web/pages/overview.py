"""A study at a glance: what waits for whom, where each stage stands, what runs, and the button that starts a run."""

from __future__ import annotations

import hashlib
import math
from typing import Any, Final

from pipeline.domain.account import Role
from pipeline.domain.counted import counted
from pipeline.domain.errors import DecisionRefused
from pipeline.store import OutboxMessage, StageVersion
from pipeline.web.endpoints import PREPARERS, READERS, Answer, Ask, Go, Page, act, page
from pipeline.web.out_of_date import all_that_waits, map_is_out_of_date
from pipeline.web.runs import STAGES, not_yet, runs
from pipeline.web.waiting import checkpoint_waits
from pipeline.work.deciding import STAGE_OF
from pipeline.work.inbox import lying
from pipeline.work.live_study import View
from pipeline.work.progress import under_way
from pipeline.work.workplace import CHECKPOINTS, MAP, Workplace

_SHOWN: Final = 8
_WHOSE: Final = {"transcripts": "the analyst", "codes": "the coders", "map": "the coders"}
_TITLES: Final = {"transcripts": "Transcripts", "codes": "Codes", "map": "Map"}


def show(ask: Ask) -> Answer:
    """What waits, the checkpoints, the runs, and what the last run changed."""
    work = ask.study.work
    messages, working = work.store.outbox.latest(ask.study.id, _SHOWN), under_way(work)
    stale = map_is_out_of_date(ask.study)
    with ask.study.looking() as view:
        later = not_yet(view)
    with ask.study.looking(ask.person) as view:
        context: dict[str, Any] = {
            "title": "Overview",
            "checkpoints": [_checkpoint(view, item, stale=stale and item == MAP) for item in CHECKPOINTS],
            "changed": _changed(view.stages["suggest"]),
            "codes": len(view.book.active_codes),
            "codings": len(view.book.codings),
            "groups": len(view.material.recordings),
        }
    asked_for = runs(messages)
    going = {run.title for run in asked_for if run.goes_on}
    may_run = Role.ANALYST in ask.roles
    return Page(
        "overview.html.j2",
        {
            **context,
            "tasks": all_that_waits(ask.study, ask.person, ask.roles, going),
            "runs": asked_for,
            "working": working,
            "goes_on": bool(working or going),
            "stages": STAGES,
            "not_yet": later,
            "old_map": stale and "report" not in later,
            "first_stage": "inbox_scan" if context["groups"] else "prepare",
            "may_run": may_run,
            "analysts": _analysts(ask),
            "inbox": _inbox(work) if may_run else None,
            "asked": messages[0].key if messages else "",
            "prefect": ask.site.prefect if may_run else "",
        },
    )


def start(ask: Ask) -> Answer:
    """Ask for a run: the dispatcher starts it in Prefect, at once or when Prefect answers again."""
    stage = ask.value("stage")
    if stage not in STAGES:
        raise DecisionRefused(f"There is no stage `{stage}`. Choose one of: {', '.join(STAGES.values())}.")
    study = ask.study
    with study.looking() as view:
        if why := not_yet(view).get(stage):
            raise DecisionRefused(f"“{STAGES[stage]}” cannot run yet: {why}.")
    print_of = hashlib.sha256(f"{ask.person}\n{ask.value('asked')}".encode()).hexdigest()[:12]
    key = f"{stage}:{study.id}:asked:{print_of}:1"
    study.work.store.outbox.add(OutboxMessage(key, study.id, stage, {"study": study.id}))
    return Go(f"{ask.base}#runs")


def _checkpoint(view: View, checkpoint: str, *, stale: bool) -> dict[str, Any]:
    stage, approval = view.stages[STAGE_OF[checkpoint]], view.book.approvals.get(checkpoint)
    if stage is None:
        state = "not reached yet"
    elif checkpoint_waits(view, checkpoint):
        state = f"waits for {_WHOSE[checkpoint]}"
    else:
        state = "approved, and out of date since" if stale else "approved"
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
            f"{counted(counts['candidates'], 'candidate')} from {counted(counts['segments'], 'segment')}; "
            f"{counted(counts['unclear'], 'segment')} left over as unclear."
        )
    return (
        f"{counted(counts['candidates'], 'new candidate')}; {counted(counts['proposed_codings'], 'coding')} proposed "
        f"to {counted(counts['codes_gaining'], 'code')}; "
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


ENDPOINTS: Final = (
    page("/studies/{study}", READERS, show),
    act("/studies/{study}/runs", PREPARERS, start),
)
