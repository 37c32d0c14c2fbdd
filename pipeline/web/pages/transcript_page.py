"""A transcript as talk: who says what to which question, the codes it carries, and what can be corrected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pipeline.domain.account import Role
from pipeline.domain.correction import Corrections, turn_id
from pipeline.domain.decision import CORRECTIONS, Decision, Kind
from pipeline.domain.people import People, people_of
from pipeline.domain.segment import OFF_GUIDE
from pipeline.domain.study import Study
from pipeline.web.endpoints import READERS, Answer, Ask, Page, page
from pipeline.web.pages.transcript_acts import made_of_group, path_of_group, pending, recording_of
from pipeline.web.pages.transcript_outline import (
    Outline,
    Span,
    moderating,
    name_of,
    outline_of,
    print_of,
    said_who_moderates,
    unsure_beside,
)
from pipeline.web.pages.transcript_talk import Lit, Seen, stretches, where_of
from pipeline.web.places import anchor
from pipeline.web.told import told
from pipeline.web.withholding import veiled
from pipeline.work.live_study import Recording, View
from pipeline.work.reopened import NAMED
from pipeline.work.talk import warnings_of


@dataclass(frozen=True, slots=True)
class Voice:
    """A speaker label of the file, by its place among them, and what people make of it. `listed_as` is the name by
    which study.toml gives the role, where it is another."""

    place: int
    label: str
    name: str
    role: str
    turns: int
    moderates: bool
    listed_as: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the guide with the spans that answer it."""

    question: str
    text: str
    spans: tuple[Span, ...]


def show(ask: Ask) -> Answer:
    """The talk, around the place that is asked for."""
    with ask.study.looking(ask.person) as view:
        name = recording_of(ask, view).stored.transcript.id
    seen = ask.study.work.store.decisions.versions(ask.study.id, [name]).get(name, 0)  # corrections are the team's
    with ask.study.looking(ask.person) as view:
        return Page("transcript.html.j2", {"seen": seen, **_shown(ask, view, recording_of(ask, view))})


def _shown(ask: Ask, view: View, recording: Recording) -> dict[str, Any]:
    study, fixed, stored = ask.study.work.study, view.material.fixed, recording.stored
    transcript, made = stored.transcript, made_of_group(view, recording.group)
    outline, where = outline_of(study, recording, fixed), where_of(ask.query, transcript)
    moderators = moderating(transcript.id, made, fixed)
    beside = unsure_beside(outline.spans, where.first - 1 if where.chosen is None else where.chosen)
    waits = pending(ask, view, recording)
    people = people_of(study, recording.group, transcript, fixed)
    seen = Seen(study, view.book, fixed, moderators, people, veiled(view))
    last, at = _last(view, transcript.id), where.first if where.chosen is None else where.chosen
    return {
        "title": recording.group,
        "group": recording.group,
        "path": path_of_group(ask, recording.group),
        "at": view.book.version,
        "known": print_of(fixed, transcript.id),
        "where": where,
        "lit_id": _lit_id(where.lit, recording),
        "turns": len(transcript.turns),
        "segments": len(recording.said),
        "account": transcript.account,
        "warnings": warnings_of(study, stored, fixed),
        "stretches": stretches(seen, recording, outline.spans, where),
        "guide": _guide(study, outline),
        "unsure": len(outline.unsure),
        "unsure_before": beside[0],
        "unsure_after": beside[1],
        "voices": _voices(people, recording, outline, moderators, fixed),
        "proposed": bool(made.get("moderators_proposed")) and not said_who_moderates(transcript.id, fixed),
        "pending": waits,
        "renamed": NAMED in waits,
        "pending_beside": [item for item in waits.split(", ") if item != NAMED],
        "questions": [*((item.id, item.text) for item in study.questions), (OFF_GUIDE, "")],
        "chosen_question": next((span.question for span in outline.spans if span.first <= at <= span.last), ""),
        "chosen_omitted": turn_id(transcript.id, at) in fixed.omitted,
        "taken_in": ask.query.get("now") == "in",
        "speakers_open": ask.query.get("speakers") == "open",
        "may_correct": Role.ANALYST in ask.roles,
        "going_on": view.book.open_round is not None,
        "last": last,
        "last_told": _told(view, last),
    }


def _lit_id(lit: Lit, recording: Recording) -> str:
    """The id that the highlighted text needs of its own: none where it is a segment, which has it."""
    if lit is None:
        return ""
    name = f"s{lit[0]}-{lit[1]}"
    return "" if any(anchor(item.segment) == name for item in recording.said) else name


def _guide(study: Study, outline: Outline) -> tuple[Asked, ...]:
    """The guide's questions in its order, then talk off it, each with its spans."""
    texts = [*((question.id, question.text) for question in study.questions), (OFF_GUIDE, "")]
    spans: dict[str, list[Span]] = {}
    for span in outline.spans:
        spans.setdefault(span.question, []).append(span)
    return tuple(Asked(name, text, tuple(spans.get(name, ()))) for name, text in texts)


def _voices(
    people: People, recording: Recording, outline: Outline, moderators: frozenset[str], fixed: Corrections
) -> tuple[Voice, ...]:
    found = []
    for place, (label, turns) in enumerate(outline.labels.items()):
        name = name_of(recording.stored.transcript, label, fixed)
        listed = people.listed_as(name)
        kept = listed if people.role(name) and listed != name else ""
        found.append(Voice(place, label, name, people.role(name), turns, name in moderators, kept))
    return tuple(found)


def _last(view: View, transcript: str) -> Decision | None:
    """This person's latest decision where it corrected this transcript and can be taken back."""
    last = view.last
    if last is None or view.book.open_round or last.kind not in CORRECTIONS:
        return None
    return last if last.subject.startswith(transcript[:12]) else None


def _told(view: View, last: Decision | None) -> str:
    if last is None:
        return ""
    if last.kind not in {Kind.QUESTION, Kind.OMIT}:
        return told(last, view.book)
    _, _, first = last.subject.partition(":t")
    through = str(last.payload.get("through", first))
    turns = f"Turn {first}" if through == first else f"Turns {first} to {through}"
    if last.kind is Kind.OMIT:
        return f"{turns}: {'left out' if last.payload.get('omit', True) else 'taken back in'}"
    return f"{turns}: {last.payload['question']}"


ENDPOINTS: Final = (page("/studies/{study}/transcripts/{group}", READERS, show),)
