"""Marked lines become talk: who says each line, when, and whether a turn begins with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.ingest.speakers import Mark, Marked

LONGEST_HEADER: Final = 1_500
HEADER_SHARE: Final = 0.2
_LISTED: Final = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One line of talk: who says it, from when (seconds), and whether it begins a turn."""

    index: int
    speaker: str
    at: float | None
    begins: bool


def talk_lines(marked: Marked, blocks: Sequence[bool], header: int) -> tuple[Line, ...]:
    """The lines that hold words, after the header.

    A line that names nobody goes on with whoever spoke before; in a file that names nobody at all, `blocks` says
    which lines begin a turn.
    """
    talk: list[Line] = []
    speaker, at, begins = "", None, True
    for index, mark in enumerate(marked.marks[header:], start=header):
        speaker = speaker if mark.speaker is None else mark.speaker
        at = at if mark.at is None else mark.at
        begins = begins or mark.opens or (blocks[index] and not marked.names_anyone)
        if mark.words_end > mark.words_start:
            talk.append(Line(index, speaker, at, begins))
            at, begins = None, False
    return tuple(talk)


def header_lines(lines: Sequence[str], marked: Marked) -> int:
    """How many lines stand before the first speaker. Many words before anybody is named are talk: none then."""
    if not marked.names_anyone:
        return 0
    first = marked.first_named
    header = sum(map(len, lines[:first]))
    return first if header <= max(LONGEST_HEADER, HEADER_SHARE * sum(map(len, lines))) else 0


def notices(marked: Marked, places: Sequence[str], header: int) -> tuple[str, ...]:
    """Sentences for the person who confirms the speakers."""
    sentences: list[str] = []
    if not marked.names_anyone:
        sentences.append("This file names no speakers: its paragraphs were taken as turns of somebody unnamed.")
    elif header < marked.first_named:
        sentences.append(f"The talk before {places[marked.first_named]} names no speaker and was kept as somebody's.")
    if marked.once:
        listed = ", ".join(places[line - 1] for line in marked.once[:_LISTED])
        more = f" and {len(marked.once) - _LISTED} more" if len(marked.once) > _LISTED else ""
        sentences.append(f"Names that appear only once were taken as speakers ({listed}{more}); check them.")
    return tuple(sentences)


def furniture(mark: Mark) -> tuple[int, int]:
    """Characters of a line's time and of its label."""
    return mark.stamp[1] - mark.stamp[0], mark.label[1] - mark.label[0]
