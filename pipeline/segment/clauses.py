"""Where a run-on sentence may be cut: transcripts of speech can go on for a page without a full stop."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from typing import Final

from pipeline.segment.sentences import stripped
from pipeline.segment.together import letters

_PLACES: Final = (
    re.compile(r"(?:[.!?;…。！？]|--|—|–|\.\.\.)[\"'”’)\]]*(?=\s|$)\s*|[。！？]"),  # noqa: RUF001 - full-width stops
    re.compile(
        r"\s+(?=(?:but|so|because|and then|and i|and we|and they|and it|and you|then|i mean|you know|or|and|"
        r"which|when|if|although|though|while|okay|um|uh|well)\b)",
        re.IGNORECASE,
    ),
    re.compile(r"[,:][\"'”’)\]]*\s+"),  # noqa: RUF001 - a closing quotation mark
    re.compile(r"\s+"),
)
"""Kinds of place, best first: a stop or a pause, a word that opens a clause, a comma, any space."""


def clauses(
    text: str, start: int, end: int, longest: int, shortest: int, together: AbstractSet[int] = frozenset()
) -> list[tuple[int, int]]:
    """The span cut into clauses of at most `longest` code points, none shorter than `shortest` where words allow.

    Each cut is made at the best kind of place, nearest to the middle, never at one of `together` and never so that
    a part holds no letter or digit. A word longer than `longest` stays whole.
    """
    if end - start <= longest:
        return [(start, end)]
    cut = _cut(text, start, end, shortest, together)
    if cut is None:
        return [(start, end)]
    halves = (stripped(text, start, cut), stripped(text, cut, end))
    return [part for half in halves if half for part in clauses(text, *half, longest, shortest, together)]


def _cut(text: str, start: int, end: int, shortest: int, together: AbstractSet[int]) -> int | None:
    middle = (start + end) / 2
    first, last = letters(text, start, end) or (end, start)
    for room in (shortest, 1):
        for place in _PLACES if room > 1 else _PLACES[-1:]:
            found = (match.end() for match in place.finditer(text, start + room, end - room))
            cuts = [cut for cut in found if first < cut <= last and cut not in together]
            if cuts:
                return min(cuts, key=lambda cut: abs(cut - middle))
    return None
