"""The transcripts as they stand at the end of a report: every turn, with each coded passage where it was said."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.said import Said
from pipeline.domain.segment import OFF_GUIDE
from pipeline.domain.transcript import Turn
from pipeline.report.source import BESIDE, UNNAMED, Recorded, Source


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a turn. One that carries codes has their names and an anchor; the rest has neither."""

    text: str
    anchor: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """A turn: who, what, and the question (id and text) where another one begins, "" where the talk goes on.

    `left_out` turns were taken out of the analysis by people: they are marked, and their words are not printed.
    """

    speaker: str
    role: str
    moderator: bool
    passages: tuple[Passage, ...]
    begins: str
    left_out: bool

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of its passages, each once."""
        return tuple(dict.fromkeys(code for passage in self.passages for code in passage.codes))


@dataclass(frozen=True, slots=True)
class Script:
    """A focus group's talk from first to last turn."""

    group: str
    name: str
    file: str
    turns: tuple[SpokenTurn, ...]


def anchor(segment: str) -> str:
    """The name of a segment's place in the page."""
    return "seg-" + re.sub(r"[^0-9A-Za-z]+", "-", segment)


def scripts(source: Source) -> tuple[Script, ...]:
    """The transcripts in the order of the study's groups."""
    names = source.group_names
    place = {group: number for number, group in enumerate(names)}
    recorded = sorted(source.transcripts, key=lambda item: place.get(item.group, len(place)))
    said: dict[str, dict[int, list[Said]]] = defaultdict(lambda: defaultdict(list))
    for item in source.said:
        said[item.segment.transcript][item.segment.turn].append(item)
    codes, titles = _codes(source), _titles(source)
    return tuple(
        Script(
            group=item.group,
            name=names.get(item.group, item.group),
            file=item.file,
            turns=_turns(item, said[item.transcript.id], codes, titles),
        )
        for item in recorded
    )


def _titles(source: Source) -> dict[str, str]:
    """What stands above the talk that answers each question."""
    titles = {question.id: f"{question.id}  {question.text}" for question in source.study.questions}
    return titles | {OFF_GUIDE: BESIDE}


def _codes(source: Source) -> dict[str, tuple[str, ...]]:
    """The codes of each passage that counts; what was coded before it was found to be a moderator's does not."""
    carried: dict[str, tuple[str, ...]] = {}
    left = frozenset(source.mapped.unplaced)
    for segment, code in source.book.codings:
        if source.book.codes[code].active and segment not in left:
            carried[segment] = (*carried.get(segment, ()), source.book.codes[code].name)
    return carried


def _turns(
    recorded: Recorded,
    said: Mapping[int, Sequence[Said]],
    codes: Mapping[str, tuple[str, ...]],
    titles: Mapping[str, str],
) -> tuple[SpokenTurn, ...]:
    turns, question = [], ""
    for turn in recorded.transcript.turns:
        here = said.get(turn.index, ())
        if not here:
            turns.append(SpokenTurn(turn.speaker, "", moderator=False, passages=(), begins="", left_out=True))
            continue
        first = here[0]
        begins = titles.get(first.question, first.question) if first.question != question else ""
        question = first.question
        passages = tuple(_passages(recorded.transcript.text, turn, here, codes))
        moderator = first.segment.moderator
        turns.append(SpokenTurn(first.speaker or UNNAMED, first.role, moderator, passages, begins, left_out=False))
    return tuple(turns)


def _passages(text: str, turn: Turn, said: Sequence[Said], codes: Mapping[str, tuple[str, ...]]) -> Iterator[Passage]:
    """The turn's words in order, none lost: coded segments as passages of their own, what lies between as it is."""
    at = turn.start
    for item in sorted(said, key=lambda item: item.segment.start):
        segment = item.segment
        if segment.id not in codes or segment.start < at:
            continue
        if segment.start > at:
            yield Passage(text[at : segment.start])
        yield Passage(text[segment.start : segment.end], anchor(segment.id), codes[segment.id])
        at = segment.end
    if at < turn.end:
        yield Passage(text[at : turn.end])
