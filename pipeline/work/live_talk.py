"""The talk of a study kept in memory: read anew where a stage or a correction changed it, while others go on."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from pipeline.domain.correction import Corrections
from pipeline.domain.said import Said
from pipeline.domain.segment import TurnQuestion
from pipeline.domain.suggestion import ProposedCoding, Suggestion, SuggestionSet
from pipeline.store import StageVersion, StoredTranscript
from pipeline.work import prepare, suggesting
from pipeline.work.suggesting import Offered
from pipeline.work.talk import said_in
from pipeline.work.workplace import Workplace

Stages = Mapping[str, StageVersion | None]
"""The latest version of each stage."""
_NOTHING: Final[Offered] = SuggestionSet((), ()), ()


@dataclass(frozen=True, slots=True)
class Recording:
    """A transcript with its segments, corrections applied, and with the guide question of each turn as the machine
    found it."""

    stored: StoredTranscript
    said: tuple[Said, ...]
    questions: tuple[TurnQuestion, ...] = ()

    @property
    def group(self) -> str:
        """The focus group's id."""
        return self.stored.group


class Material:
    """All talk and all candidates as they are between two changes. Nothing in it changes."""

    def __init__(
        self,
        recordings: tuple[Recording, ...],
        found: SuggestionSet,
        proposed: tuple[ProposedCoding, ...],
        fixed: Corrections,
    ) -> None:
        self.recordings, self.found, self.proposed, self.fixed = recordings, found, proposed, fixed
        self.said: Mapping[str, Said] = {said.segment.id: said for item in recordings for said in item.said}
        self.suggestions: Mapping[str, Suggestion] = {item.id: item for item in found.suggestions}

    def ready(self) -> Material:
        """The same, with everything counted that pages ask for."""
        for name in ("codable_of", "voice_of", "candidates_of", "proposed_to"):
            getattr(self, name)
        return self

    @cached_property
    def codable(self) -> tuple[str, ...]:
        """Segments that can carry a code, in order of talk."""
        return tuple(
            name for name, said in self.said.items() if not said.segment.noise and not said.segment.moderator
        )

    @cached_property
    def codable_of(self) -> Mapping[str, tuple[str, ...]]:
        """Segments that can carry a code, in order of talk, by focus group."""
        able = frozenset(self.codable)
        return {
            item.group: tuple(said.segment.id for said in item.said if said.segment.id in able)
            for item in self.recordings
        }

    @cached_property
    def order_of_talk(self) -> Mapping[str, int]:
        """Where each segment comes in the talk of the whole study, counted from 0."""
        return {name: place for place, name in enumerate(self.said)}

    @cached_property
    def voice_of(self) -> Mapping[str, str]:
        """Who said each segment, as "group/speaker": one short text for each voice, quick to count."""
        voices: dict[str, str] = {}
        return {
            name: voices.setdefault(voice, voice)
            for name, said in self.said.items()
            for voice in (f"{said.group}/{said.speaker}",)
        }

    @cached_property
    def candidates_of(self) -> Mapping[str, tuple[str, ...]]:
        """The candidates that a segment is among."""
        found: dict[str, tuple[str, ...]] = {}
        for suggestion in self.found.suggestions:
            for segment in suggestion.segments:
                found[segment] = (*found.get(segment, ()), suggestion.id)
        return found

    @cached_property
    def proposed_to(self) -> Mapping[str, tuple[ProposedCoding, ...]]:
        """The codes that the machine proposes for a segment of a late group."""
        found: dict[str, tuple[ProposedCoding, ...]] = {}
        for item in self.proposed:
            found[item.segment] = (*found.get(item.segment, ()), item)
        return found

    def recording_of(self, group: str) -> Recording | None:
        """The transcript of a focus group."""
        return next((item for item in self.recordings if item.group == group), None)


@dataclass(frozen=True, slots=True)
class TalkNow:
    """The talk and the candidates, and the stages that they were read at."""

    material: Material
    stages: Stages

    def reaches(self, stages: Stages) -> bool:
        """Whether it is as new as these stages are."""
        return _versions(self.stages) >= _versions(stages)


class LiveTalk:
    """Reads the talk once, and later what changed. Used from many threads."""

    def __init__(self, work: Workplace) -> None:
        self._work = work
        self._renewing = threading.Lock()
        self._now: TalkNow | None = None
        self._recordings: dict[str, tuple[object, Recording]] = {}
        self._made: tuple[object, tuple[StoredTranscript, ...], Offered] | None = None

    def current(self, stages: Stages, fixed: Corrections) -> TalkNow:
        """The talk at these stages with these corrections.

        Who comes while somebody reads what a stage made sees the talk as it was. A correction is waited for: a form
        made of talk that lacks it would carry a version that holds it.
        """
        now = self._now
        corrected = now is None or now.material.fixed != fixed
        if now is not None and not corrected and now.reaches(stages):
            return now
        if not self._renewing.acquire(blocking=corrected):
            assert now is not None
            return now
        try:
            if self._now is None or self._now.material.fixed != fixed or not self._now.reaches(stages):
                self._now = TalkNow(self._read(stages, fixed), stages)
            return self._now
        finally:
            self._renewing.release()

    def _read(self, stages: Stages, fixed: Corrections) -> Material:
        """Only what changed is read anew."""
        prepared, suggested = stages[prepare.STAGE], stages[suggesting.STAGE]
        made = _versions(stages)
        if self._made is None or self._made[0] != made:  # a correction alone changes nothing of it
            stored = self._work.store.transcripts.of_study(self._work.study.id)
            self._made = made, stored, suggesting.offered(self._work) if suggested else _NOTHING
        _, stored, offered = self._made
        recordings = self._recorded(stored, prepared, fixed)
        said = {item.segment.id: item for recording in recordings for item in recording.said}
        able = {name for name, item in said.items() if not (item.segment.noise or item.segment.moderator)}
        found, proposed = suggesting.held_to_talk(offered, able, lambda: said)
        return Material(recordings, found, proposed, fixed).ready()

    def _recorded(
        self, transcripts: Sequence[StoredTranscript], prepared: StageVersion | None, fixed: Corrections
    ) -> tuple[Recording, ...]:
        groups: Mapping[str, Any] = prepared.summary["groups"] if prepared else {}
        recordings = []
        there = {stored.transcript.id for stored in transcripts}
        self._recordings = {name: known for name, known in self._recordings.items() if name in there}
        for stored in transcripts:
            made = groups.get(stored.group, {}).get("inputs")
            key = (made, _concerning(stored.transcript.id[:12], fixed))
            known = self._recordings.get(stored.transcript.id)
            if known is None or known[0] != key:
                found = self._work.store.questions.of_transcript(self._work.study.id, stored.transcript.id)
                known = key, Recording(stored, said_in(self._work, stored, fixed), found)
                self._recordings[stored.transcript.id] = known
            recordings.append(known[1])
        return tuple(recordings)


def _versions(stages: Stages) -> tuple[int, ...]:
    """The versions that make the talk and the candidates; 0 for what was not made yet."""
    return tuple(stage.version if (stage := stages[name]) else 0 for name in (prepare.STAGE, suggesting.STAGE))


def _concerning(short: str, fixed: Corrections) -> object:
    """The corrections that change how a transcript's segments read."""
    speakers = tuple(sorted(item for item in fixed.speakers.items() if item[0][0] == short))
    questions = tuple(sorted(item for item in fixed.questions.items() if item[0].startswith(short)))
    return speakers, questions
