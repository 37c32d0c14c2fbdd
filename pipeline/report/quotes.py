"""Which passages stand for a code: spread over groups, then speakers and roles, of a length that can be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pipeline.domain.said import Said

FEWEST: Final = 2
MOST: Final = 4
READABLE: Final = (12, 70)
"""Words; shorter passages lean on what was said before, longer ones are better read in the transcript."""


def chosen(passages: Sequence[Said]) -> tuple[Said, ...]:
    """Two to four passages where there are that many: one for each group, up to the most, the widest spread first.

    The rule is fixed (no sampling), so that the same codings show the same quotes.
    """
    left = list(dict.fromkeys(passages))
    wanted = min(MOST, max(FEWEST, len({item.group for item in left})))
    picked: list[Said] = []
    while left and len(picked) < wanted:
        best = min(left, key=lambda item: _cost(item, picked))
        picked.append(best)
        left.remove(best)
    return tuple(picked)


def _cost(item: Said, picked: Sequence[Said]) -> tuple[int, int, int, int]:
    """What a passage repeats of those already picked, then how far its length is from readable."""
    words = len(item.excerpt.split())
    shortest, longest = READABLE
    return (
        sum(other.group == item.group for other in picked),
        sum((other.group, other.speaker) == (item.group, item.speaker) for other in picked),
        sum(other.role == item.role for other in picked),
        max(shortest - words, words - longest, 0),
    )
