"""Checkpoint 1: every focus group with what the machine made of it and is not sure of, and the sign-off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.domain.account import Role
from pipeline.domain.decision import CORRECTIONS, Decision, Kind
from pipeline.domain.errors import DecisionRefused, NotReady
from pipeline.domain.transcript import Account
from pipeline.review.rounds import RESTS
from pipeline.store import StageVersion
from pipeline.web.endpoints import DECIDERS, PREPARERS, READERS, Answer, Ask, Go, Page, act, page
from pipeline.web.pages import transcript_acts, transcript_dropped, transcript_page
from pipeline.web.pages.transcript_acts import made_of_group, path_of_group, pending
from pipeline.web.pages.transcript_outline import moderating, name_of, outline_of, said_who_moderates
from pipeline.web.told import told
from pipeline.web.waiting import checkpoint_waits
from pipeline.work import deciding
from pipeline.work.live_study import Recording, View
from pipeline.work.prepare import STAGE, prepare
from pipeline.work.reopened import differing
from pipeline.work.talk import warnings_of
from pipeline.work.workplace import TRANSCRIPTS

_FIRST_TAKE_IN: Final = (
    "Corrections wait to be taken in. Do that first, then look at what became of them and sign off."
)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A focus group on the list. `unsure` counts question spans, the first of them begins at turn `first_unsure`;
    `pending` says what the next preparation takes in, `changed` what is new since the last sign-off."""

    id: str
    path: str
    turns: int
    segments: int
    speakers: int
    moderators: tuple[str, ...]
    proposed: bool
    unreached: tuple[str, ...]
    unsure: int
    first_unsure: int
    account: Account
    warnings: tuple[str, ...]
    pending: str
    changed: str


@dataclass(frozen=True, slots=True)
class SignOff:
    """Where checkpoint 1 stands. `blocked` is the sentence that says why nobody can sign off now."""

    version: int
    waits: bool
    blocked: str
    by: str
    at: str


def show(ask: Ask) -> Answer:
    """Every group, the files set aside, and where the sign-off stands."""
    store, study = ask.study.work.store, ask.study.id
    refused, history = store.transcripts.refused(study), store.stages.history(study, STAGE)
    with ask.study.looking(ask.person) as view:
        changes = _changes(view, history)
        rows = tuple(_row(ask, view, item, changes) for item in view.material.recordings)
        sign_off = _sign_off(view, waits_anew=any(row.pending for row in rows))
        last = _undoable(ask, view)
        context = {
            "title": "Transcripts",
            "rows": rows,
            "awaited": _awaited(ask, view),
            "sign_off": sign_off,
            "last": last,
            "last_told": told(last, view.book) if last else "",
            "going_on": view.book.open_round is not None,
        }
    now = {"off": sign_off is not None and not sign_off.waits, "in": True}.get(ask.query.get("now", ""), False)
    done = ask.query["now"] if now else ""
    return Page(
        "transcripts.html.j2",
        {**context, "refused": refused, "may_correct": Role.ANALYST in ask.roles, "done": done},
    )


def approve(ask: Ask) -> Answer:
    """Sign off checkpoint 1: the next stage is asked for with it."""
    _require_no_round(ask)
    seen = ask.number("seen")
    deciding.approve(ask.study.work, TRANSCRIPTS, ask.person, ask.value("reason"), seen=seen)
    return Go(f"{ask.base}/transcripts?now=off")


def take_in(ask: Ask) -> Answer:
    """Prepare anew what corrections have overtaken; no new file is read."""
    _require_no_round(ask)
    latest = ask.study.work.store.stages.latest(ask.study.id, STAGE)
    if latest is None:
        raise NotReady("Nothing has been prepared yet. Start a run on the overview.")
    prepare(ask.study.work, only=latest.summary["groups"])
    return Go(ask.value("back") or f"{ask.base}/transcripts?now=in")


def _require_no_round(ask: Ask) -> None:
    """What coders work on blind stays as it is.

    Raises:
        DecisionRefused: a round goes on.
    """
    with ask.study.looking(ask.person) as view:
        if view.book.open_round:
            raise DecisionRefused(RESTS)


def _row(ask: Ask, view: View, recording: Recording, changes: Mapping[str, str]) -> GroupRow:
    study, fixed, transcript = ask.study.work.study, view.material.fixed, recording.stored.transcript
    outline, made = outline_of(study, recording, fixed), made_of_group(view, recording.group)
    answered, unsure = {span.question for span in outline.spans}, outline.unsure
    names = {name_of(transcript, label, fixed) for label in outline.labels}
    return GroupRow(
        id=recording.group,
        path=path_of_group(ask, recording.group),
        turns=len(transcript.turns),
        segments=len(recording.said),
        speakers=len(names),
        moderators=tuple(sorted(moderating(transcript.id, made, fixed) & names)),
        proposed=bool(made.get("moderators_proposed")) and not said_who_moderates(transcript.id, fixed),
        unreached=tuple(question.id for question in study.questions if question.id not in answered),
        unsure=len(unsure),
        first_unsure=unsure[0].unsure[0] if unsure else 0,
        account=transcript.account,
        warnings=warnings_of(study, recording.stored, fixed),
        pending=pending(ask, view, recording),
        changed=changes.get(recording.group, ""),
    )


def _changes(view: View, history: Sequence[StageVersion]) -> Mapping[str, str]:
    """What is new in each group since checkpoint 1 was signed off last."""
    approval, latest = view.book.approvals.get(TRANSCRIPTS), view.stages[STAGE]
    signed = next((item for item in history if approval and item.version == approval.version), None)
    return differing(signed.summary["groups"], latest.summary["groups"]) if signed and latest else {}


def _awaited(ask: Ask, view: View) -> tuple[tuple[str, str], ...]:
    """Groups without a transcript, each with why."""
    stage = view.stages[STAGE]
    refused: Mapping[str, str] = stage.summary.get("refused", {}) if stage else {}
    there = {item.group for item in view.material.recordings}
    groups = [group for group in ask.study.work.study.groups if group.id not in there]
    return tuple((group.id, refused.get(group.id) or "Its file has not been read yet.") for group in groups)


def _sign_off(view: View, *, waits_anew: bool) -> SignOff | None:
    """Where checkpoint 1 stands; None while nothing was prepared."""
    stage, approval = view.stages[STAGE], view.book.approvals.get(TRANSCRIPTS)
    if stage is None:
        return None
    blocked = RESTS if view.book.open_round else _FIRST_TAKE_IN if waits_anew else ""
    by, at = (approval.coder, approval.at) if approval else ("", "")
    return SignOff(stage.version, checkpoint_waits(view, TRANSCRIPTS), blocked, by, at)


def _undoable(ask: Ask, view: View) -> Decision | None:
    """This person's latest decision where it is a correction that can be taken back now, or a sign-off, which takes
    somebody who decides on codes as well."""
    last = view.last
    if last is None or view.book.open_round:
        return None
    return last if last.kind in CORRECTIONS or (last.kind is Kind.APPROVE and ask.roles & DECIDERS) else None


_PATH: Final = "/studies/{study}/transcripts"
ENDPOINTS: Final = (
    page(_PATH, READERS, show),
    act(_PATH + "/approve", PREPARERS, approve),
    act(_PATH + "/prepare", PREPARERS, take_in),
    *transcript_acts.ENDPOINTS,
    *transcript_page.ENDPOINTS,
    *transcript_dropped.ENDPOINTS,
)
