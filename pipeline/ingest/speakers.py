"""Who speaks in a text, decided over all its lines: a colon makes a speaker only where the file makes it a habit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from pipeline.ingest.labels import Habit, Label, Opening, is_host, is_role, label_at, name_like, opening

LABELLED_THROUGHOUT: Final = 0.5
"""Share of paragraphs that begin with a name-like label from which a name may appear only once."""

_BARE_TIMES: Final = 3
_RECURS: Final = 2
_TITLES: Final = 2
_LONGEST_ALONE: Final = 40
_SHORT: Final = 12

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
    def leaves_others_unnamed(self) -> bool:
        """Whether only the moderators, or only one person again and again, are named: the rest is others' talk."""
        counts = Counter(mark.speaker for mark in self.marks if mark.speaker is not None)
        sole = len(counts) == 1 and max(counts.values()) >= _RECURS
        return bool(counts) and (sole or all(map(is_host, counts)))

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
    alone = _alone(lines, openings, accepted)
    marks = [
        _mark(line, start, accepted, bare_times=bare_times) if index not in alone else _alone_mark(line, start)
        for index, (line, start) in enumerate(zip(lines, openings, strict=True))
    ]
    for index in _title_block(lines, marks):
        marks[index] = Mark(*_trimmed(lines[index], 0))
    counts = Counter(mark.speaker for mark in marks)
    once = tuple(
        number
        for number, mark in enumerate(marks, start=1)
        if mark.speaker is not None
        and counts[mark.speaker] == 1
        and not is_role(mark.speaker)
        and mark.speaker.casefold() not in accepted.known
    )
    return Marked(tuple(marks), once)


def _title_block(lines: Sequence[str], marks: Sequence[Mark]) -> range:
    """The lines of a title block ("Venue: the hall", "Interviewee: Ana"), empty where there is none.

    It stands first, line under line, ends at a blank line, and none of its names ever speaks again.
    """
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    end = next((index for index in range(first, len(lines)) if not lines[index].strip()), first)
    counts = Counter(mark.speaker for mark in marks if mark.speaker is not None)
    names = [mark.speaker for mark in marks[first:end] if mark.speaker is not None]
    recurs = any(count >= _RECURS for count in counts.values())
    if len(names) < _TITLES or not recurs or any(counts[name] > 1 for name in names):
        return range(0)
    return range(first, end)


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
        return (
            habit is Habit.COLON
            and count > _RECURS
            and often >= 1 / 5
            and len(name.split()) == 1
            and not _NO_NAME.fullmatch(folded)
        )
    if _NO_NAME.fullmatch(folded) or _SOUND.fullmatch(folded):
        return count > _RECURS and count / paragraphs >= 1 / 20
    if habit is Habit.TAB:
        return count >= _RECURS
    return count >= _RECURS or throughout or (is_role(name) and len(name) > 1)


def _alone(lines: Sequence[str], openings: Sequence[Opening], accepted: _Accepted) -> frozenset[int]:
    """Indexes of lines that are nothing but a speaker's name (and a time), with the words on the lines after it."""
    labelled = any(accepted.holds(start.label) for start in openings)
    filled = [index for index, line in enumerate(lines) if line.strip()]
    found: dict[int, str] = {}
    after_time = False
    for index, following in pairwise(filled):
        stamped = openings[index].stamp_end > 0
        name = " ".join(lines[index][openings[index].stamp_end :].split())
        timed = after_time or (stamped and not openings[following].stamp_end)
        after_time = stamped and not name
        if not name or len(name) > _LONGEST_ALONE or (stamped and not timed) or accepted.holds(openings[index].label):
            continue
        if _stands_alone(name, accepted, timed=timed, labelled=labelled):
            found[index] = name.casefold()
    counts = Counter(found.values())
    once = _heads_throughout(lines, found)
    return frozenset(
        index for index, name in found.items() if counts[name] >= _RECURS or name in accepted.known or index in once
    )


def _heads_throughout(lines: Sequence[str], found: Mapping[int, str]) -> frozenset[int]:
    """Names that head a block of lines, where most blocks are so headed and the text is too short to repeat them."""
    heads = [index for index, line in enumerate(lines) if line.strip() and not (index and lines[index - 1].strip())]
    named = [index for index in heads if index in found and not _NO_NAME.fullmatch(found[index])]
    if len(named) < _RECURS or len(heads) > _SHORT or len(named) / len(heads) < LABELLED_THROUGHOUT:
        return frozenset()
    return frozenset(named)


def _stands_alone(name: str, accepted: _Accepted, *, timed: bool, labelled: bool) -> bool:
    """A name needs a time before it; without one, capitals, a role or the study's word, and no colons elsewhere."""
    if _SOUND.fullmatch(name.casefold()) or name[-1] in ".!?":
        return False
    if timed and _shaped(name):
        return True
    listed = name.casefold() in accepted.known
    return not labelled and (listed or (_shaped(name) and len(name) > 1 and (name.isupper() or is_role(name))))


def _alone_mark(line: str, start: Opening) -> Mark:
    stamp = _trimmed(line, 0, start.stamp_end) if start.stamp_end else (0, 0)
    label = _trimmed(line, start.stamp_end)
    name = " ".join(line[slice(*label)].split())
    return Mark(label[1], label[1], speaker=name, at=start.at, stamp=stamp, label=label, opens=True)


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
