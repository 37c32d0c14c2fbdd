"""Who speaks in a text, decided over all its lines: a colon makes a speaker only where the file makes it a habit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.ingest.labels import Habit, Label, Opening, is_host, is_role, label_at, name_like, opening

LABELLED_THROUGHOUT: Final = 0.5
"""Share of paragraphs that begin with a name-like label from which a name may appear only once."""

_BARE_TIMES: Final = 3
_RECURS: Final = 2
_LONGEST_ALONE: Final = 40

_NO_NAME: Final = re.compile(
    r"also|and|answer|anyway|audio|basically|because|but|date|duration|end|examples?|file|finally|first(?:ly)?|fourth"
    r"|here|however|https?|instead|key|language|legend|length|location|maybe|nb|negative|next|notes?|now|one|or|page"
    r"|participants|place|plus|positive|present|project|ps|question|re|really|record(?:ed|ing)|remember|second(?:ly)?"
    r"|so|start|still|study|subject|then|there|third(?:ly)?|three|time|title|topic|transcribe[dr]|transcript|two|update"
    r"|version|warning|well"
)
"""Words (lower case) before a colon that are no speaker unless they recur as one throughout."""

_SOUND: Final = re.compile(
    r"applause|crosstalk|inaudible|laugh(?:s|ing|ter)|music|no|ok|okay|pause|right|silence|unclear|yeah|yes"
)
"""What stands alone on a line or in brackets and is never a speaker."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What one line is. `line[words_start:words_end]` are its words (equal: none).

    `speaker` is None where the line goes on with whoever spoke before. `stamp` and `label` are the spans of the
    line's time and of its label. `opens` says that the line begins a turn: it names a speaker or a time.
    """

    words_start: int
    words_end: int
    speaker: str | None = None
    at: float | None = None
    stamp: tuple[int, int] = (0, 0)
    label: tuple[int, int] = (0, 0)
    opens: bool = False
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Marked:
    """All lines of a text; `once` are line numbers (from 1) of names that appear a single time."""

    marks: tuple[Mark, ...]
    once: tuple[int, ...] = ()

    @property
    def names_anyone(self) -> bool:
        """Whether any line names a speaker."""
        return any(mark.speaker is not None for mark in self.marks)

    @property
    def first_named(self) -> int:
        """Index of the first line that names a speaker (or, where none does, a time)."""
        named = (index for index, mark in enumerate(self.marks) if mark.speaker is not None)
        return next(named, next((index for index, mark in enumerate(self.marks) if mark.opens), 0))


def mark_lines(lines: Sequence[str], known: Sequence[str] = ()) -> Marked:
    """What every line is, after looking at all of them. `known` are names the study lists: they always count."""
    openings = [opening(line) for line in lines]
    accepted = _accepted(lines, openings, frozenset(name.casefold() for name in known))
    bare_times = sum(1 for line in openings if line.stamp_end and not line.firm) >= _BARE_TIMES
    alone = _alone(lines, openings, accepted, known)
    marks = [
        _mark(line, start, accepted, bare_times=bare_times) if index not in alone else _alone_mark(line)
        for index, (line, start) in enumerate(zip(lines, openings, strict=True))
    ]
    counts = Counter(mark.speaker for mark in marks if mark.speaker is not None)
    once = tuple(
        index
        for index, mark in enumerate(marks, start=1)
        if mark.speaker is not None
        and counts[mark.speaker] == 1
        and not is_role(mark.speaker)
        and mark.speaker.casefold() not in accepted.known
    )
    return Marked(tuple(marks), once)


@dataclass(frozen=True, slots=True)
class _Accepted:
    """Names (case folded) that are speakers in this file, per habit, and those a study lists."""

    names: frozenset[tuple[Habit, str]]
    known: frozenset[str]

    def holds(self, label: Label | None) -> bool:
        if label is None:
            return False
        name = label.name.casefold()
        return (label.habit, name) in self.names or name in self.known


def _accepted(lines: Sequence[str], openings: Sequence[Opening], known: frozenset[str]) -> _Accepted:
    counts: Counter[tuple[Habit, str]] = Counter()
    spelled: dict[tuple[Habit, str], str] = {}
    for start in openings:
        if start.label is not None:
            key = (start.label.habit, start.label.name.casefold())
            counts[key] += 1
            spelled.setdefault(key, start.label.name)
    paragraphs = max(1, sum(1 for line in lines if line.strip()))
    shaped = sum(count for key, count in counts.items() if _shaped(spelled[key]))
    throughout = shaped / paragraphs >= LABELLED_THROUGHOUT
    names = frozenset(
        key
        for key, count in counts.items()
        if _is_speaker(key[0], spelled[key], count, paragraphs, throughout=throughout)
    )
    return _Accepted(names, known)


def _shaped(name: str) -> bool:
    return is_role(name) or name_like(name)


def _is_speaker(habit: Habit, name: str, count: int, paragraphs: int, *, throughout: bool) -> bool:
    """Recurrence and shape decide; a name that appears once needs a file that is labelled throughout."""
    folded = name.casefold()
    if habit is Habit.BRACKET:
        return not _SOUND.fullmatch(folded) and count >= _RECURS and (_shaped(name) or any(map(str.isdigit, name)))
    if not _shaped(name):
        often = count / paragraphs
        return count > _RECURS and often >= 1 / 5 and len(name.split()) == 1 and not _NO_NAME.fullmatch(folded)
    if _NO_NAME.fullmatch(folded) or _SOUND.fullmatch(folded):
        return count > _RECURS and count / paragraphs >= 1 / 20
    return count >= _RECURS or throughout or (is_role(name) and len(name) > 1)


def _alone(
    lines: Sequence[str], openings: Sequence[Opening], accepted: _Accepted, known: Sequence[str]
) -> frozenset[int]:
    """Indexes of lines that are nothing but a speaker's name, with the words on the lines after it."""
    candidates: dict[int, str] = {}
    filled = [index for index, line in enumerate(lines) if line.strip()]
    labelled = any(accepted.holds(start.label) for start in openings)
    names = {name for _, name in accepted.names} | {name.casefold() for name in known}
    for place, index in enumerate(filled[:-1]):
        name = " ".join(lines[index].split())
        if len(name) > _LONGEST_ALONE or accepted.holds(openings[index].label) or openings[index].stamp_end:
            continue
        before = lines[filled[place - 1]] if place else ""
        after_time = bool(place) and not before[openings[filled[place - 1]].stamp_end :].strip()
        if name.casefold() in names or _stands_alone(name, after_time=after_time, labelled=labelled):
            candidates[index] = name.casefold()
    counts = Counter(candidates.values())
    return frozenset(index for index, name in candidates.items() if counts[name] >= _RECURS or name in names)


def _stands_alone(name: str, *, after_time: bool, labelled: bool) -> bool:
    if _SOUND.fullmatch(name.casefold()) or not _shaped(name) or name[-1] in ".!?":
        return False
    return after_time or (not labelled and (name.isupper() or is_role(name)) and len(name) > 1)


def _alone_mark(line: str) -> Mark:
    start, end = _trimmed(line, 0)
    return Mark(end, end, speaker=" ".join(line.split()), label=(start, end), opens=True)


def _mark(line: str, start: Opening, accepted: _Accepted, *, bare_times: bool) -> Mark:
    if not line.strip():
        return Mark(0, 0, blank=True)
    rest = line[start.stamp_end :].strip()
    label = start.label if accepted.holds(start.label) else None
    stamped = bool(start.stamp_end) and (start.firm or bare_times or label is not None or not rest)
    if label is None and start.stamp_end and not stamped:
        label = _accepted_label(line, accepted)
    stamp = _trimmed(line, 0, start.stamp_end) if stamped else (0, 0)
    at = start.at if stamped else None
    if label is None:
        words = _trimmed(line, stamp[1])
        return Mark(*words, at=at, stamp=stamp, opens=stamped)
    inner = label_at(line, label.end)
    if inner is not None and inner.habit is Habit.COLON and is_host(inner.name):
        label = Label(inner.name, label.start, inner.end, label.habit, label.at)
    words = _trimmed(line, label.end)
    at = label.at if label.at is not None else at
    return Mark(*words, speaker=label.name, at=at, stamp=stamp, label=(label.start, label.end), opens=True)


def _accepted_label(line: str, accepted: _Accepted) -> Label | None:
    label = label_at(line, 0)
    return label if accepted.holds(label) else None


def _trimmed(line: str, start: int, end: int | None = None) -> tuple[int, int]:
    """The span without white space at either end; empty at its end where nothing else is there."""
    part = line[start:end]
    stripped = part.strip()
    if not stripped:
        return start, start
    left = start + len(part) - len(part.lstrip())
    return left, left + len(stripped)
