"""The beginning of one line: a time, a name, both in either order, or neither. No decision is taken here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from pipeline.ingest.clock import CLOCK, seconds

LONGEST_LABEL: Final = 120
_LOOKED_AT: Final = 300

_RANGE: Final = rf"{CLOCK}(?:\s?-{{1,2}}>?\s?{CLOCK})?"
_BRACKETED: Final = rf"[\[(<{{]\s?{_RANGE}\s?[\])>}}]"
_LEADING: Final = re.compile(rf"\s*(?P<stamp>{_BRACKETED}|{_RANGE}(?![\d:]))(?:\s?[-\u2013](?=\s))?(?=\s|$|[A-Za-z])")
_LABEL: Final = rf"(?P<label>[^\s:\uff1a\[\]][^:\uff1a\[\]\n]{{0,{LONGEST_LABEL - 1}}}?)"
_BOLD: Final = r"(?:\*\*|__)?"
_COLON: Final = re.compile(
    rf"\s*{_BOLD}{_LABEL}{_BOLD}\s?(?P<stamp>{_BRACKETED})?\s?[:\uff1a](?!//)(?!(?<=\d[:\uff1a])\d){_BOLD}"
    rf"(?:\s?(?P<after>{_BRACKETED}))?"
)
_TAB: Final = re.compile(rf"\s*{_LABEL}\t(?!\s*(?:{_BRACKETED}(?:\s|$)|{_RANGE}\s*$))(?=\s*\S)")
"""What follows the tab is words: "Ana Smith<tab>0:03" is a name and a time."""

_STAMPED: Final = re.compile(rf"\s*{_LABEL}\s{{0,4}}(?P<stamp>{_BRACKETED})(?=\s|$)")
_STAMP_LAST: Final = re.compile(rf"\s*{_LABEL}\s{{1,4}}(?P<stamp>{_RANGE})\s*$")
_BRACKET: Final = re.compile(r"\s*\[(?P<label>[^\]\[:\n]{1,40})\]\s?[:\uff1a]?(?=\s*\S)")
_FIRST_CLOCK: Final = re.compile(CLOCK)
_CHAT: Final = re.compile(r"from\s+(.+?)(?:\s+to\s+.+)?", re.IGNORECASE)

_NAME_CHARACTERS: Final = re.compile(r"[^\W_][\w .,'\u2019&/#()+*-]*")
_ASIDE: Final = re.compile(r"\s*\(.*\)\s*$")
_ENDS_SENTENCE: Final = re.compile(r"[,;!?]$|\w{4,}\.$")
_PARTICLE: Final = re.compile(
    r"(?:d|l|o|al|el)['\u2019-]\S+|a|al|and|bin|da|de|del|den|der|di|do|dos|du|e|el|ibn|la|le|of|the|to|van|von|y|zu"
)
LONGEST_NAME: Final = 5

_ROLE: Final = re.compile(
    r"(?:(?:the )?(?:co-?)?(?:interviewer|moderator|facilitator|researcher|interviewee|participant|respondent|speaker"
    r"|informant|unknown(?: speaker)?|(?:fe)?male(?: speaker| voice)?|observer|note-?taker|group|all|several)"
    r"[ _#-]{0,2}(?:\d{1,3}|[A-Za-z])?|(?:mod|int|fac|[a-z]{1,4}[_-]?)\d{1,3})",
    re.IGNORECASE,
)
_HOST: Final = re.compile(r"(?:co-?)?(?:interviewer|moderator|facilitator|researcher)(?: ?\d{1,2})?", re.IGNORECASE)


class Habit(Enum):
    """How a line writes its speaker."""

    COLON = "name and colon"
    TAB = "name and tab"
    STAMPED = "name and time"
    BRACKET = "name in brackets"


@dataclass(frozen=True, slots=True)
class Label:
    """A name that may be a speaker: `line[start:end]` is the label with its punctuation (and its time, if any)."""

    name: str
    start: int
    end: int
    habit: Habit
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """How a line begins. `stamp_end` is 0 without a leading time; `firm` times are bracketed or hold hours."""

    stamp_end: int = 0
    at: float | None = None
    firm: bool = False
    label: Label | None = None


def opening(line: str) -> Opening:
    """What stands at the beginning of a line, read without its neighbours."""
    head = line[:_LOOKED_AT]
    stamp = _LEADING.match(head)
    if stamp is None:
        return Opening(label=label_at(head, 0))
    written = stamp["stamp"]
    firm = not written[0].isdigit() or written.count(":") > 1
    label = label_at(head, stamp.end())
    return Opening(stamp.end(), first_seconds(written), firm, label)


def label_at(line: str, position: int) -> Label | None:
    """The candidate label that begins at a position, or None."""
    patterns = (
        (_TAB, Habit.TAB),
        (_COLON, Habit.COLON),
        (_STAMPED, Habit.STAMPED),
        (_STAMP_LAST, Habit.STAMPED),
        (_BRACKET, Habit.BRACKET),
    )
    for pattern, habit in patterns:
        match = pattern.match(line, position)
        if match is None or not any(character.isalpha() for character in match["label"]):
            continue
        stamp = match.groupdict().get("stamp") or match.groupdict().get("after")
        start = position + len(match[0]) - len(match[0].lstrip())
        return Label(plain(match["label"]), start, match.end(), habit, first_seconds(stamp) if stamp else None)
    return None


def plain(label: str) -> str:
    """The label with white space folded; Zoom chat's "From Ann to Everyone" is Ann."""
    folded = " ".join(label.split())
    chat = _CHAT.fullmatch(folded)
    return chat[1] if chat else folded


def first_seconds(written: str) -> float | None:
    """The seconds of the first time in a stamp."""
    clock = _FIRST_CLOCK.search(written)
    return seconds(clock[0]) if clock else None


def is_role(name: str) -> bool:
    """Whether a label is what transcribers call speakers whose names are withheld: Moderator, Speaker 2, P7."""
    return _ROLE.fullmatch(name) is not None


def is_host(name: str) -> bool:
    """Whether a label is what transcribers call whoever leads the talk."""
    return _HOST.fullmatch(name) is not None


def name_like(name: str) -> bool:
    """Whether a label has the shape of a name: at most five words, each capitalised or a particle.

    What stands in brackets at its end ("Mr. Dave Epp (Chatham-Kent, CPC)") is not counted.
    """
    base = _ASIDE.sub("", name)
    words = base.split()
    if not 1 <= len(words) <= LONGEST_NAME or not _NAME_CHARACTERS.fullmatch(base):
        return False
    if _ENDS_SENTENCE.search(base) and len(words) > 1:
        return False
    return not _PARTICLE.fullmatch(words[0]) and all(
        _PARTICLE.fullmatch(word) or not word[0].islower() for word in words
    )
