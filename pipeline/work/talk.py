"""The talk of a study as every later stage needs it: each segment with who said it and what it answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.domain.correction import Corrections, corrections, turn_id
from pipeline.domain.people import people_of
from pipeline.domain.said import Said
from pipeline.domain.segment import OFF_GUIDE, TurnQuestion
from pipeline.domain.study import FocusGroup, Study
from pipeline.domain.transcript import Transcript, Turn
from pipeline.ingest.study_toml import known_speakers
from pipeline.ingest.talk import still_to_check
from pipeline.store import StoredTranscript
from pipeline.work.workplace import Workplace


@dataclass(frozen=True, slots=True)
class Talk:
    """All segments of some transcripts, in order of talk."""

    said: tuple[Said, ...]

    @property
    def codable(self) -> tuple[Said, ...]:
        """What participants said beyond agreement noises: what can carry a code."""
        return tuple(said for said in self.said if not said.segment.noise and not said.segment.moderator)

    def by_id(self) -> dict[str, Said]:
        """Segments by their id."""
        return {said.segment.id: said for said in self.said}


def talk(work: Workplace, transcripts: Iterable[str] | None = None) -> Talk:
    """The talk of the named transcripts (all of the study's where none are named), corrections applied."""
    fixed = corrections(work.store.decisions.log(work.study.id))
    wanted = None if transcripts is None else set(transcripts)
    return Talk(
        tuple(
            said
            for stored in work.store.transcripts.of_study(work.study.id)
            if wanted is None or stored.transcript.id in wanted
            for said in said_in(work, stored, fixed)
        )
    )


def said_in(work: Workplace, stored: StoredTranscript, fixed: Corrections) -> tuple[Said, ...]:
    """All segments of one transcript, corrections applied."""
    segments = work.store.segments.of_transcript(work.study.id, stored.transcript.id)
    found = work.store.questions.of_transcript(work.study.id, stored.transcript.id)
    questions = effective_questions(work.study, stored.transcript, found, fixed)
    names = [speaker_name(stored.transcript, turn, fixed) for turn in stored.transcript.turns]
    people = people_of(work.study, stored.group, stored.transcript, fixed)
    known = {name: (people.role(name), people.listed_as(name)) for name in set(names)}
    return tuple(
        Said(
            segment=segment,
            excerpt=stored.transcript.text[segment.start : segment.end],
            group=stored.group,
            speaker=names[segment.turn],
            role=known[names[segment.turn]][0],
            question=questions.get(segment.turn, OFF_GUIDE),
            listed_as=known[names[segment.turn]][1],
        )
        for segment in segments
    )


def speaker_name(transcript: Transcript, turn: Turn, fixed: Corrections) -> str:
    """Who spoke a turn, as corrected at checkpoint 1."""
    return fixed.name_of(transcript.id, turn.speaker)


def warnings_of(study: Study, stored: StoredTranscript, fixed: Corrections) -> tuple[str, ...]:
    """What was found odd when a transcript was read, but names that are known or corrected by now; moderators who
    never speak; and who a name given since stands for, where that cannot be told."""
    labels = [label for which, label in fixed.speakers if which == stored.transcript.id[:12]]
    group = study.group(stored.group)
    named = known_speakers(study, group) if group else ()
    doubts = people_of(study, stored.group, stored.transcript, fixed).doubts
    odd = still_to_check(stored.transcript.account.warnings, {*labels, *named})
    return (*odd, *_unheard_moderators(group, stored, fixed), *doubts)


def _unheard_moderators(group: FocusGroup | None, stored: StoredTranscript, fixed: Corrections) -> Iterator[str]:
    """Of the moderators that study.toml names, those without a turn, until people name as many others."""
    named = group.moderators if group else ()
    heard = {fixed.name_of(stored.transcript.id, label) for label in stored.transcript.speakers}
    silent = [name for name in named if name not in heard]
    which = stored.transcript.id[:12]
    added = [name for (of, name), yes in fixed.moderators.items() if of == which and yes and name not in named]
    for name in silent[len(added) :]:
        yield (
            f"`{name}`, a moderator in study.toml, never speaks here. If somebody who does speak is meant, they "
            "count as a participant: mend the name there, or say who moderates."
        )


def effective_questions(
    study: Study, transcript: Transcript, found: Iterable[TurnQuestion], fixed: Corrections
) -> dict[int, str]:
    """The guide question of each turn: what people said it answers, else what the path found.

    What people said of a question that the guide no longer has stands in the log and is passed over.
    """
    asked = {OFF_GUIDE, *(question.id for question in study.questions)}
    said = {turn: question for turn, question in fixed.questions.items() if question in asked}
    return {item.turn: said.get(turn_id(transcript.id, item.turn), item.question) for item in found}
