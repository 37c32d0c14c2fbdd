"""WebVTT and SubRip cut into cues, strictly: what is odd is reported with cue and line, and no word is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from pipeline.ingest.clock import CLOCK, seconds
from pipeline.ingest.ledger import BLANK, CUE_NUMBER, HEADER, TIMESTAMP, Ledger

_TIMING: Final = re.compile(rf"\s*(?P<start>{CLOCK})\s*-->\s*(?P<end>{CLOCK})(?:\s.*)?")
_LIKE_TIMING: Final = re.compile(r"[^A-Za-z]{0,3}\d{1,3}[:.,][\w:.,]{0,12}\s*-->")
_NUMBER: Final = re.compile(r"\s*\d+\s*", re.ASCII)
_FURNITURE: Final = ("NOTE", "STYLE", "REGION")
_LISTED: Final = 5
UNPARTED: Final = "No blank line before a cue"


@dataclass(frozen=True, slots=True)
class Cue:
    """One cue: its words line by line, with the number (from 1) of its first line; times in seconds or None."""

    number: int
    line: int
    lines: tuple[str, ...]
    start: float | None = None
    end: float | None = None

    @property
    def where(self) -> str:
        """Its place in the file."""
        return f"cue {self.number}"


@dataclass(slots=True)
class _Oddities:
    """Places per kind of oddity."""

    places: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, number: int, line: int) -> None:
        self.places.setdefault(kind, []).append(f"cue {number} at line {line}")

    def report(self, ledger: Ledger) -> None:
        for kind, places in self.places.items():
            more = f" and {len(places) - _LISTED} more" if len(places) > _LISTED else ""
            ledger.warn(f"{kind}: {', '.join(places[:_LISTED])}{more}. The words were kept where they stand.")


def cues(lines: Sequence[str], ledger: Ledger, *, vtt: bool) -> tuple[Cue, ...]:
    """The cues in file order. Everything that is no cue's words is entered in the ledger as dropped.

    Each line but the last is counted with its line end, which is dropped as blank.
    """
    ledger.drop(BLANK, len(lines) - 1, "line ends")
    oddities = _Oddities()
    found: list[Cue] = []
    for first, block in _blocks(lines, ledger):
        beside = _beside_talk(first, block) if vtt else 0
        if beside:
            kind = HEADER if first == 1 else f"{block[0].split()[0].lower()} block"
            ledger.drop(kind, sum(map(len, block[:beside])), f"line {first}")
        if 0 < beside < len(block):
            oddities.add(UNPARTED, len(found) + 1, first + beside)
        if beside < len(block):
            found.extend(_cues_of(first + beside, block[beside:], len(found), ledger, oddities))
    _compare(found, oddities)
    oddities.report(ledger)
    return tuple(found)


def _blocks(lines: Sequence[str], ledger: Ledger) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines that are not blank, with the number of the first."""
    block: list[str] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            block.append(line)
            continue
        ledger.drop(BLANK, len(line), f"line {number}")
        if block:
            yield number - len(block), block
            block = []
    if block:
        yield len(lines) - len(block) + 1, block


def _beside_talk(first: int, block: Sequence[str]) -> int:
    """How many lines at a block's beginning are the header, a note, a style or a region. A time ends them, also
    where the blank line before its cue was forgotten."""
    if first > 1 and block[0].split(" ", 1)[0].split("\t", 1)[0] not in _FURNITURE:
        return 0
    start = next((index for index, line in enumerate(block) if _is_timing(line)), len(block))
    numbered = 1 < start < len(block) and _NUMBER.fullmatch(block[start - 1])
    return start - 1 if numbered else start


def _cues_of(first: int, block: list[str], before: int, ledger: Ledger, oddities: _Oddities) -> Iterator[Cue]:
    """The cues of one block: one, unless a blank line between two was forgotten."""
    starts = [index for index, line in enumerate(block) if _is_timing(line)]
    openings = [start - _named(block, start) for start in starts]
    number = before + 1
    if not starts or openings[0] > 0:
        yield _untimed(first, block[: openings[0]] if openings else block, number, ledger, oddities)
        number += 1
    for place, (opening, start) in enumerate(zip(openings, starts, strict=True)):
        stop = openings[place + 1] if place + 1 < len(openings) else len(block)
        if opening:
            oddities.add(UNPARTED, number, first + opening)
        ledger.drop(CUE_NUMBER, sum(map(len, block[opening:start])), f"line {first + opening}")
        yield _timed_cue(number, first + start, block[start:stop], ledger, oddities)
        number += 1


def _is_timing(line: str) -> bool:
    """A line with an arrow after something like a time; an arrow in talk is talk."""
    return _LIKE_TIMING.match(line) is not None


def _named(block: Sequence[str], start: int) -> int:
    """How many lines before a time are its cue's name: a number, or one word at a block's beginning."""
    if start == 0:
        return 0
    name = block[start - 1]
    return int(_NUMBER.fullmatch(name) is not None or (start == 1 and len(name.split()) == 1))


def _timed_cue(number: int, line: int, block: Sequence[str], ledger: Ledger, oddities: _Oddities) -> Cue:
    ledger.drop(TIMESTAMP, len(block[0]), f"line {line}")
    match = _TIMING.fullmatch(block[0])
    if match is None:
        oddities.add("A time cannot be read", number, line)
    if len(block) == 1:
        oddities.add("A cue holds no words", number, line)
    start, end = (seconds(match["start"]), seconds(match["end"])) if match else (None, None)
    return Cue(number, line + 1, tuple(block[1:]), start, end)


def _untimed(first: int, block: list[str], number: int, ledger: Ledger, oddities: _Oddities) -> Cue:
    """Words after a blank line inside a cue; a number alone is dropped."""
    if len(block) == 1 and _NUMBER.fullmatch(block[0]):
        oddities.add("A cue has a number and no time", number, first)
        ledger.drop(CUE_NUMBER, len(block[0]), f"line {first}")
        return Cue(number, first, ())
    oddities.add("A cue has no time", number, first)
    return Cue(number, first, tuple(block))


def _compare(found: Sequence[Cue], oddities: _Oddities) -> None:
    """Times against each other, in file order."""
    before: Cue | None = None
    for cue in found:
        if cue.start is None or cue.end is None:
            continue
        if cue.end < cue.start:
            oddities.add("A cue ends before it starts", cue.number, cue.line)
        if before is not None and before.start is not None and before.end is not None:
            if cue.start < before.start:
                oddities.add("A cue is out of order", cue.number, cue.line)
            elif cue.start < before.end:
                oddities.add("A cue overlaps the one before it", cue.number, cue.line)
        before = cue
