"""Marked lines become talk: who says each line, when, and whether a turn begins with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.ingest.ledger import BLANK, SPEAKER_LABEL, TIMESTAMP, Ledger
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
    """The lines that hold words, after the header; `blocks` says which lines begin a paragraph.

    A line that names nobody goes on with whoever spoke before. In a file that names nobody each paragraph begins a
    turn; so it does in a file that names only its moderators, where a paragraph without a name is somebody else's.
    """
    talk: list[Line] = []
    others = marked.leaves_others_unnamed
    by_paragraph = others or not marked.names_anyone
    speaker, at, begins = "", None, True
    for index, mark in enumerate(marked.marks[header:], start=header):
        at = at if mark.at is None else mark.at
        if mark.speaker is not None:
            speaker, begins = mark.speaker, True
        elif others and blocks[index] and not begins:
            speaker, begins = "", True
        begins = begins or mark.opens or (by_paragraph and blocks[index])
        if mark.words_end > mark.words_start:
            talk.append(Line(index, speaker, at, begins))
            at, begins = None, False
    return tuple(talk)


def header_lines(lines: Sequence[str], marked: Marked) -> int:
    """How many lines stand before the first speaker. None where what stands there may be talk: where it is long, or
    where the file leaves others' talk without names."""
    if not marked.names_anyone or marked.leaves_others_unnamed:
        return 0
    first = marked.first_named
    header = sum(map(len, lines[:first]))
    return first if header <= max(LONGEST_HEADER, HEADER_SHARE * sum(map(len, lines))) else 0


def notices(marked: Marked, places: Sequence[str], header: int) -> tuple[str, ...]:
    """Sentences for the person who confirms the speakers."""
    sentences: list[str] = []
    if not marked.names_anyone:
        sentences.append("This file names no speakers: its paragraphs were taken as turns of somebody unnamed.")
    elif marked.leaves_others_unnamed:
        sentences.append("Only one side is named in this file: paragraphs without a name were taken as others' talk.")
    elif header < marked.first_named:
        sentences.append(f"The talk before {places[marked.first_named]} names no speaker and was kept as somebody's.")
    if marked.once:
        sentences += [_once(marked.marks[line - 1].speaker or "", places[line - 1]) for line in marked.once[:_LISTED]]
        if len(marked.once) > _LISTED:
            sentences.append(f"{len(marked.once) - _LISTED} more names appear only once.")
    return tuple(sentences)


def still_to_check(warnings: Iterable[str], labels: Collection[str]) -> tuple[str, ...]:
    """The warnings, without those on names that appear only once and are among these labels: somebody said who
    they are."""
    answered = tuple(_once(label, "") for label in labels)
    return tuple(warning for warning in warnings if not warning.startswith(answered))


def _once(name: str, place: str) -> str:
    """What is said of a name that appears only once; without a place, how that begins."""
    begins = f"`{name}` appears only once and was taken as a speaker"
    return f"{begins} ({place}): check it." if place else begins


def drop_furniture(line: str, mark: Mark, where: str, ledger: Ledger) -> None:
    """Enters a line's time, label and the white space around its words; anything else stays unaccounted for."""
    spans = sorted((mark.stamp, mark.label, (mark.words_start, mark.words_end)))
    ledger.drop(TIMESTAMP, mark.stamp[1] - mark.stamp[0], where)
    ledger.drop(SPEAKER_LABEL, mark.label[1] - mark.label[0], where)
    position, blank = 0, 0
    for start, end in spans:
        blank += sum(map(str.isspace, line[position:start]))
        position = max(position, end)
    ledger.drop(BLANK, blank + sum(map(str.isspace, line[position:])), where)
