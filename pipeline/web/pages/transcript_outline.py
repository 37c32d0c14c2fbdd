"""A transcript from afar: its question spans and how sure they are, who speaks, who moderates."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import Any, Final

from pipeline.domain.correction import Corrections, turn_id
from pipeline.domain.errors import DecisionRefused
from pipeline.domain.segment import OFF_GUIDE
from pipeline.domain.study import Study
from pipeline.domain.transcript import Transcript
from pipeline.work.live_study import Recording
from pipeline.work.prepare import SURE

PER_PAGE: Final = 150
"""Turns on one page of a transcript."""


@dataclass(frozen=True, slots=True)
class Span:
    """Turns `first` to `last` (inclusive) that answer `question`.

    `confidence` is the machine's mean over them, None where people said it of each; `unsure` are turns of which it is
    not sure and nobody said anything; `corrected` counts those that people spoke of, `found` what the machine had
    there.
    """

    question: str
    first: int
    last: int
    confidence: float | None
    unsure: tuple[int, ...] = ()
    corrected: int = 0
    found: tuple[str, ...] = ()

    @property
    def turns(self) -> int:
        """How many turns it has."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Outline:
    """A transcript from afar: its question spans, and how many turns each speaker label of the file has."""

    spans: tuple[Span, ...]
    labels: Mapping[str, int]

    @property
    def unsure(self) -> tuple[Span, ...]:
        """The spans of which the machine is not sure somewhere, and nobody said anything."""
        return tuple(span for span in self.spans if span.unsure)


@dataclass(frozen=True, slots=True)
class Move:
    """What it takes to move where a span begins: turns `first` to `through` answer `question` from now on."""

    first: int
    through: int
    question: str


@dataclass(frozen=True, slots=True)
class _Turn:
    index: int
    question: str
    found: str
    confidence: float
    by_people: bool


def outline_of(study: Study, recording: Recording, fixed: Corrections) -> Outline:
    """The outline of a transcript; made anew only where the talk or its questions changed."""
    name = study.id, recording.stored.transcript.id
    kept = _KEPT.get(name)
    if kept is None or kept[0] is not recording:
        labels = Counter(turn.speaker for turn in recording.stored.transcript.turns)
        kept = recording, Outline(spans_of(study, recording, fixed), MappingProxyType(labels))
        _KEPT[name] = kept
    return kept[1]


_KEPT: Final[dict[tuple[str, str], tuple[Recording, Outline]]] = {}
"""The outline of each transcript with the recording it was made from, in which nothing changes."""


def spans_of(study: Study, recording: Recording, fixed: Corrections) -> tuple[Span, ...]:
    """The spans of a transcript in order, as the machine found and people corrected them."""
    asked = {OFF_GUIDE, *(question.id for question in study.questions)}
    transcript, turns = recording.stored.transcript.id, []
    for item in recording.questions:
        said = fixed.questions.get(turn_id(transcript, item.turn), "")
        question = said if said in asked else item.question
        turns.append(_Turn(item.turn, question, item.question, item.confidence, said in asked))
    return tuple(_span(list(run)) for _, run in groupby(turns, key=lambda turn: turn.question))


def _span(turns: Sequence[_Turn]) -> Span:
    guessed = [turn for turn in turns if not turn.by_people]
    other = [turn.found for turn in turns if turn.by_people and turn.found != turn.question]
    return Span(
        question=turns[0].question,
        first=turns[0].index,
        last=turns[-1].index,
        confidence=sum(turn.confidence for turn in guessed) / len(guessed) if guessed else None,
        unsure=tuple(turn.index for turn in guessed if turn.confidence < SURE),
        corrected=len(turns) - len(guessed),
        found=tuple(dict.fromkeys(other)),
    )


def moved(spans: Sequence[Span], begins: int, to: int) -> Move:
    """What is to be said so that the span which begins at turn `begins` begins at turn `to`.

    Raises:
        DecisionRefused: no span begins there, none comes before it, or it would begin where it does or nowhere.
    """
    place = next((at for at, span in enumerate(spans) if span.first == begins and at), None)
    if place is None:
        raise DecisionRefused(f"No question span begins at turn {begins} any more. Look at the transcript again.")
    if to == begins or not spans[0].first <= to <= spans[-1].last:
        raise DecisionRefused(
            f"The span cannot begin at turn {to}. Choose another turn, from {spans[0].first} to {spans[-1].last}."
        )
    if to < begins:
        return Move(to, begins - 1, spans[place].question)
    return Move(begins, to - 1, spans[place - 1].question)


def unsure_beside(spans: Sequence[Span], turn: int) -> tuple[int | None, int | None]:
    """The unsure turns to go to from a turn: the first of the last unsure span before that of `turn`, and of the next
    one. A span that is unsure itself is next where its unsure turns are still to come."""
    leading = [span.unsure[0] for span in spans if span.unsure]
    before = [place for place in leading if place < turn]
    after = [place for place in leading if place > turn]
    return (before[-1] if before else None), (after[0] if after else None)


def name_of(transcript: Transcript, label: str, fixed: Corrections) -> str:
    """Who a label of the file stands for."""
    return fixed.name_of(transcript.id, label)


def moderating(transcript: str, made: Mapping[str, Any], fixed: Corrections) -> frozenset[str]:
    """The names of those who moderate: as they were when the group was prepared, and as people said since.

    `made` is what the preparation says of the group, empty where it was not prepared.
    """
    names = set(made.get("moderators", ()))
    for (which, name), yes in fixed.moderators.items():
        if which == transcript[:12]:
            (names.add if yes else names.discard)(name)
    return frozenset(names)


def said_who_moderates(transcript: str, fixed: Corrections) -> bool:
    """Whether people said of anybody in a transcript that they moderate, or do not."""
    return any(which == transcript[:12] for which, _ in fixed.moderators)


def turn_at(transcript: Transcript, position: int) -> int | None:
    """The index of the turn that has a code point, or of the next one; None after the last."""
    turns = transcript.turns
    place = max(0, bisect_right(turns, position, key=lambda turn: turn.start) - 1)
    while place < len(turns) and turns[place].end <= position:
        place += 1
    return place if place < len(turns) else None


def print_of(fixed: Corrections, transcript: str) -> str:
    """Tells whether anybody corrected a transcript since a page was shown: equal while nobody did."""
    short = transcript[:12]
    said = [
        sorted([*item] for item in fixed.questions.items() if item[0].startswith(short)),
        sorted([label, name] for (which, label), name in fixed.speakers.items() if which == short),
        sorted([name, yes] for (which, name), yes in fixed.moderators.items() if which == short),
        sorted(turn for turn in fixed.omitted if turn.startswith(short)),
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:12]
