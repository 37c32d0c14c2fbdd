"""Plain text: the transcript's text is the whole decoded file, and turns are spans of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from pipeline.domain.transcript import Turn
from pipeline.ingest.composing import Reading, ReadOptions
from pipeline.ingest.decoding import decode
from pipeline.ingest.ledger import BLANK, HEADER, SPEAKER_LABEL, TIMESTAMP, Ledger
from pipeline.ingest.speakers import Marked, mark_lines
from pipeline.ingest.talk import Line, header_lines, notices, talk_lines


def read(data: bytes, *, options: ReadOptions) -> Reading:
    """The turns of a text file, and an account of every character outside them.

    Raises:
        FileRefused: the bytes are not text, or not in a known encoding.
    """
    decoded = decode(data, options.encoding)
    lines = decoded.text.split("\n")
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    marked = mark_lines(lines, options.known_speakers)
    header = header_lines(lines, marked)
    turns = _turns(starts, marked, talk_lines(marked, _blocks(lines), header))
    ledger = Ledger()
    for sentence in notices(marked, [f"line {number}" for number in range(1, len(lines) + 1)], header):
        ledger.warn(sentence)
    decoded.itemise(ledger)
    _enter(decoded.text, turns, list(_dropped(lines, starts, marked, header)), ledger)
    return Reading(decoded.text, turns, ledger.account(decoded.characters))


@dataclass(frozen=True, slots=True, order=True)
class _Span:
    """A stretch of the text that is no talk."""

    start: int
    end: int
    kind: str
    where: str


def _blocks(lines: Sequence[str]) -> list[bool]:
    """Which lines begin a paragraph: those after a blank line, or every line where the file has no blank lines."""
    spaced = any(not line.strip() for line in lines[:-1])
    before = ["", *lines[:-1]]
    return [not spaced or not line.strip() for line in before]


def _turns(starts: Sequence[int], marked: Marked, talk: Sequence[Line]) -> tuple[Turn, ...]:
    """Spans from the first word to the last, over the line ends between them."""
    turns: list[Turn] = []
    for line in talk:
        mark = marked.marks[line.index]
        start, end = starts[line.index] + mark.words_start, starts[line.index] + mark.words_end
        if line.begins or not turns:
            turns.append(Turn(len(turns), line.speaker, start, end, f"line {line.index + 1}", line.at))
        else:
            turns[-1] = replace(turns[-1], end=end)
    return tuple(turns)


def _dropped(lines: Sequence[str], starts: Sequence[int], marked: Marked, header: int) -> Iterator[_Span]:
    for index, (line, start, mark) in enumerate(zip(lines, starts, marked.marks, strict=False)):
        where = f"line {index + 1}"
        if index < header:
            yield _Span(start, start + len(line), HEADER, where)
            continue
        yield _Span(start + mark.stamp[0], start + mark.stamp[1], TIMESTAMP, where)
        yield _Span(start + mark.label[0], start + mark.label[1], SPEAKER_LABEL, where)


def _enter(text: str, turns: Sequence[Turn], dropped: Sequence[_Span], ledger: Ledger) -> None:
    """Enters every stretch; what lies between them counts only where it is white space, so that no word can hide."""
    for turn in turns:
        ledger.keep(turn.end - turn.start)
    for span in dropped:
        ledger.drop(span.kind, span.end - span.start, span.where)
    position = 0
    for start, end in sorted(
        [*((turn.start, turn.end) for turn in turns), *((one.start, one.end) for one in dropped)]
    ):
        ledger.drop(BLANK, _spaces(text[position:start]), "between turns")
        position = max(position, end)
    ledger.drop(BLANK, _spaces(text[position:]), "between turns")


def _spaces(text: str) -> int:
    return sum(map(str.isspace, text))
