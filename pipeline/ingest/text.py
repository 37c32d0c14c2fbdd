"""Plain text: the transcript's text is the whole decoded file, and turns are spans of it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from pipeline.domain.transcript import Turn
from pipeline.ingest.composing import Reading, ReadOptions
from pipeline.ingest.decoding import decode
from pipeline.ingest.ledger import BLANK, HEADER, SPEAKER_LABEL, TIMESTAMP, Ledger
from pipeline.ingest.speakers import Marked, mark_lines
from pipeline.ingest.talk import Line, furniture, header_lines, notices, talk_lines


def read(data: bytes, *, options: ReadOptions) -> Reading:
    """The turns of a text file, and an account of every character outside them.

    Raises:
        FileRefused: the bytes are not text, or not in a known encoding.
    """
    decoded = decode(data, options.encoding)
    lines = decoded.text.split("\n")
    marked = mark_lines(lines, options.known_speakers)
    header = header_lines(lines, marked)
    ledger = Ledger()
    for sentence in notices(marked, [f"line {number}" for number in range(1, len(lines) + 1)], header):
        ledger.warn(sentence)
    turns = _turns(lines, marked, talk_lines(marked, _blocks(lines), header))
    decoded.itemise(ledger)
    _account(lines, marked, header, ledger)
    ledger.keep(sum(turn.end - turn.start for turn in turns))
    _account_between(decoded.text, turns, lines, marked, header, ledger)
    return Reading(decoded.text, turns, ledger.account(decoded.characters))


def _blocks(lines: Sequence[str]) -> list[bool]:
    """Which lines begin a paragraph: those after a blank line, or every line where the file has no blank lines."""
    spaced = any(not line.strip() for line in lines[:-1])
    before = ["", *lines[:-1]]
    return [not spaced or not line.strip() for line in before]


def _turns(lines: Sequence[str], marked: Marked, talk: Sequence[Line]) -> tuple[Turn, ...]:
    """Spans from the first word to the last, over the line ends between them."""
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    turns: list[Turn] = []
    for line in talk:
        mark = marked.marks[line.index]
        start, end = starts[line.index] + mark.words_start, starts[line.index] + mark.words_end
        if line.begins or not turns:
            turns.append(Turn(len(turns), line.speaker, start, end, f"line {line.index + 1}", line.at))
        else:
            last = turns[-1]
            turns[-1] = Turn(last.index, last.speaker, last.start, end, last.where, last.at)
    return tuple(turns)


def _account(lines: Sequence[str], marked: Marked, header: int, ledger: Ledger) -> None:
    for number, line in enumerate(lines[:header], start=1):
        ledger.drop(HEADER, len(line), f"line {number}")
    for number, mark in enumerate(marked.marks[header:], start=header + 1):
        stamp, label = furniture(mark)
        ledger.drop(TIMESTAMP, stamp, f"line {number}")
        ledger.drop(SPEAKER_LABEL, label, f"line {number}")


def _account_between(
    text: str, turns: Sequence[Turn], lines: Sequence[str], marked: Marked, header: int, ledger: Ledger
) -> None:
    """White space outside turns, counted where it stands: line ends, and what is left of each line."""
    body = sum(len(line) + 1 for line in lines[:header])
    ledger.drop(BLANK, header, "the header")
    position = body
    furnished = sum(sum(furniture(mark)) for mark in marked.marks[header:])
    blank = 0
    for turn in turns:
        blank += turn.start - position
        position = turn.end
    blank += len(text) - position
    ledger.drop(BLANK, blank - furnished, "throughout")
