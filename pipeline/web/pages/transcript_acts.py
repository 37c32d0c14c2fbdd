"""Checkpoint 1, what an analyst corrects in a transcript: questions, names, who moderates, what is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from pipeline.domain.decision import CORRECTIONS, Draft, Kind
from pipeline.domain.errors import DecisionRefused, StaleDecision
from pipeline.domain.study import FocusGroup
from pipeline.domain.transcript import Transcript
from pipeline.review import correcting
from pipeline.review.signing import Signature, signed
from pipeline.web.acting import decide
from pipeline.web.endpoints import PREPARERS, Answer, Ask, Go, NotFound, act
from pipeline.web.pages.transcript_outline import moderating, moved, name_of, outline_of, print_of
from pipeline.web.places import as_part, saying
from pipeline.web.undoing import UNDONE
from pipeline.work.live_study import Recording, View
from pipeline.work.prepare import STAGE
from pipeline.work.reopened import overtaken

Build = Callable[[View, Signature, Recording], Draft | Sequence[Draft]]
_MEANWHILE: Final = "This transcript was corrected meanwhile. Look at it as it is now, then say it again."


def recording_of(ask: Ask, view: View) -> Recording:
    """The transcript that is asked about.

    Raises:
        NotFound: the group is none of the study's, or its file has not been read.
    """
    found = view.material.recording_of(ask.params["group"])
    if found is None:
        raise NotFound("No transcript of such a focus group has been read. The list of transcripts says which were.")
    return found


def path_of_group(ask: Ask, group: str) -> str:
    """The address of a group's transcript."""
    return f"{ask.base}/transcripts/{as_part(group)}"


def made_of_group(view: View, group: str) -> Mapping[str, Any]:
    """What the preparation says of a group; nothing where it was not prepared."""
    stage = view.stages[STAGE]
    found: Mapping[str, Any] = stage.summary["groups"].get(group, {}) if stage else {}
    return found


def pending(ask: Ask, view: View, recording: Recording) -> str:
    """What the next preparation of a group takes in, in words; "" where it stands prepared as people want it."""
    work, stored = ask.study.work, recording.stored
    group = work.study.group(recording.group) or FocusGroup(recording.group, stored.filename)
    made = made_of_group(view, recording.group)
    return overtaken(work, group, stored.transcript.id, made or None, view.material.fixed)


def set_question(ask: Ask) -> Answer:
    """Say which question some turns answer; without a last turn, that one only."""
    first = _turn(ask, "from")
    through = _turn(ask, "through") if ask.value("through") else first

    def build(view: View, sign: Signature, recording: Recording) -> Draft:
        _require_unchanged(ask, view, recording)
        transcript, study = recording.stored.transcript, ask.study.work.study
        return correcting.set_question(sign, study, transcript, first, ask.value("question"), through=through)

    return _corrected(ask, build, f"turn={first}#t{first}")


def set_boundary(ask: Ask) -> Answer:
    """Let a question span begin at another turn: those between go over to it, or to the span before."""
    begins, to = _turn(ask, "begins"), _turn(ask, "to")

    def build(view: View, sign: Signature, recording: Recording) -> Draft:
        _require_unchanged(ask, view, recording)
        transcript, study = recording.stored.transcript, ask.study.work.study
        move = moved(outline_of(study, recording, view.material.fixed).spans, begins, to)
        return correcting.set_question(sign, study, transcript, move.first, move.question, through=move.through)

    return _corrected(ask, build, f"turn={to}#t{to}")


def set_omitted(ask: Ask) -> Answer:
    """Leave a turn out of the analysis, or take it back in."""
    turn = _turn(ask, "turn")

    def build(view: View, sign: Signature, recording: Recording) -> Draft:
        _require_unchanged(ask, view, recording)
        return correcting.omit(sign, recording.stored.transcript, turn, left_out=ask.value("omit") != "no")

    return _corrected(ask, build, f"turn={turn}#t{turn}")


def set_name(ask: Ask) -> Answer:
    """Say who a label stands for. A moderator goes on moderating under the new name."""

    def build(view: View, sign: Signature, recording: Recording) -> list[Draft]:
        transcript, fixed = recording.stored.transcript, view.material.fixed
        label = _label(ask, transcript)
        named = correcting.name_speaker(sign, transcript, label, ask.value("name"))
        name, made = str(named.payload["name"]), made_of_group(view, recording.group)
        moderators = moderating(transcript.id, made, fixed)
        if name in moderators or name_of(transcript, label, fixed) not in moderators:
            return [named]
        first = replace(sign, key=f"{sign.key}:1")
        return [
            correcting.set_moderator(first, transcript, name, moderates=True),
            replace(named, expected_version=None),  # the first of the two was held against it
        ]

    return _corrected(ask, build, _speakers(ask))


def set_moderator(ask: Ask) -> Answer:
    """Say whether a speaker moderates."""

    def build(view: View, sign: Signature, recording: Recording) -> Draft:
        transcript = recording.stored.transcript
        name = name_of(transcript, _label(ask, transcript), view.material.fixed)
        return correcting.set_moderator(sign, transcript, name, moderates=ask.value("moderates") != "no")

    return _corrected(ask, build, _speakers(ask))


def undo(ask: Ask) -> Answer:
    """Take this person's own latest correction back."""

    def build(view: View, sign: Signature) -> Draft:
        last = view.last
        if last is None or last.draft.key != ask.value("last") or last.kind not in CORRECTIONS:
            raise DecisionRefused("That is not your latest correction any more. Look at what you decided last.")
        return signed(sign, Kind.UNDO, last.draft.key)

    made = decide(ask, build, for_all=True)
    return Go(saying(ask.value("back") or f"{ask.base}/transcripts", **{UNDONE: made.draft.key}))


def _corrected(ask: Ask, build: Build, place: str) -> Answer:
    """Decide for everybody, and back to the place in the transcript (what follows `?` in its address)."""
    decide(ask, lambda view, sign: build(view, sign, recording_of(ask, view)), for_all=True)
    return Go(f"{path_of_group(ask, ask.params['group'])}?{place}")


def _speakers(ask: Ask) -> str:
    page = ask.number("page")
    return f"speakers=open{f'&page={page}' if page else ''}#speakers"


def _require_unchanged(ask: Ask, view: View, recording: Recording) -> None:
    """Refuse what was said of a page that is not as it was shown: turns could have gone over to another question.

    Raises:
        StaleDecision: somebody corrected the transcript since.
    """
    if ask.value("known") not in {"", print_of(view.material.fixed, recording.stored.transcript.id)}:
        raise StaleDecision(_MEANWHILE)


def _label(ask: Ask, transcript: Transcript) -> str:
    """The label that a form is about; forms say which of the file's it is, in order of first appearance."""
    place, labels = ask.number("label"), transcript.speakers
    if place is None or place >= len(labels):
        raise DecisionRefused("Say which speaker is meant: choose one from the list of speakers.")
    return labels[place]


def _turn(ask: Ask, field: str) -> int:
    number = ask.number(field)
    if number is None:
        raise DecisionRefused("Say which turn is meant: give the number that stands beside it.")
    return number


_PATH: Final = "/studies/{study}/transcripts"
ENDPOINTS: Final = (
    act(_PATH + "/undo", PREPARERS, undo),
    act(_PATH + "/{group}/question", PREPARERS, set_question),
    act(_PATH + "/{group}/boundary", PREPARERS, set_boundary),
    act(_PATH + "/{group}/omit", PREPARERS, set_omitted),
    act(_PATH + "/{group}/speaker", PREPARERS, set_name),
    act(_PATH + "/{group}/moderator", PREPARERS, set_moderator),
)
