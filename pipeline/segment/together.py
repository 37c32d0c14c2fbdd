"""Where no cut may fall: inside a short bracket, right after an opening mark, right before a closing one."""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 60
"""Code points of a bracket that stays whole: "[laughs]", "(the one by the river)"."""

_PAIRS: Final = {"]": "[", ")": "(", "}": "{"}
_OPENING: Final = re.compile(r"(?:[(\[{“‘]|(?<![^\s(\[{“‘—–-])[\"'«»](?=\S))\s*")  # noqa: RUF001 - quotation marks
_CLOSING: Final = re.compile(r"(?<!\s)\s*(?:[)\]}”]|(?<=\S)[\"'’«»](?!\w))")  # noqa: RUF001 - quotation marks
_LETTER: Final = re.compile(r"[^\W_]")


def kept_together(text: str, start: int, end: int) -> frozenset[int]:
    """The offsets in `text[start:end]` at which a cut would part what belongs together.

    White space beside a mark counts with it. Straight quotation marks open after white space and close after a word.
    """
    said = text[start:end]
    inside = (place for first, last in _short_brackets(said) for place in range(first + 1, last + 1))
    after = (place for mark in _OPENING.finditer(said) for place in range(mark.start() + 1, mark.end() + 1))
    before = (place for mark in _CLOSING.finditer(said) for place in range(mark.start(), mark.end()))
    return frozenset(start + place for places in (inside, after, before) for place in places)


def letters(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The offsets of the span's first and last letter or digit, None where it holds none."""
    first, last = _LETTER.search(text, start, end), _LETTER.search(text[start:end][::-1])
    return (first.start(), end - 1 - last.start()) if first and last else None


def _short_brackets(said: str) -> list[tuple[int, int]]:
    """The places of both marks of each matched bracket up to LONGEST code points."""
    found: list[tuple[int, int]] = []
    opened: dict[str, list[int]] = {mark: [] for mark in _PAIRS.values()}
    for place, mark in enumerate(said):
        if mark in opened:
            opened[mark].append(place)
        elif mark in _PAIRS and opened[_PAIRS[mark]]:
            first = opened[_PAIRS[mark]].pop()
            if place - first < LONGEST:
                found.append((first, place))
    return found
