"""Which segments several coders are asked to code, so that agreement says something about all of them."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from hashlib import sha256
from typing import Final

from pipeline.domain.errors import DecisionRefused

WHOLE: Final = 1e-9
"""What a share may miss a whole number of segments by and still mean it: 0.07 of 100 is 7, not 8."""


def draw(
    segments: Sequence[str], suggested: Collection[str], *, share: float, seed: int, least: int = 0
) -> tuple[str, ...]:
    """Draw segments at random for several coders to code, each blind to the others.

    Segments that some candidate took and segments that nobody suggested come in the proportion they have in the
    study, and at least one of each where there are any and two are drawn: agreement measured only where the machine
    pointed would not show what all coders overlook. Each segment's place in the draw depends on its id and the seed
    alone, so the order given does not matter and a larger share holds the smaller one. Draw from a new focus group by
    itself, so that what was drawn before stays drawn.

    Args:
        segments: the ids to draw from; one named twice counts once.
        suggested: the ids that some candidate took; ids that are not in `segments` are passed over.
        share: of the segments to draw, above 0 (or 0 with `least`) up to 1, rounded up to a whole segment.
        seed: another seed gives another draw.
        least: draw at least so many, or all where there are fewer.

    Returns:
        The ids drawn, sorted.

    Raises:
        DecisionRefused: there is nothing to draw from, or nothing would be drawn.
    """
    known = set(segments)
    size = _size(len(known), share, least)
    taken = _shuffled(known & set(suggested), seed)
    untaken = _shuffled(known - set(suggested), seed)
    free = _from_untaken(size, len(untaken), len(known))
    return tuple(sorted([*untaken[:free], *taken[: size - free]]))


def size_of(known: int, share: float) -> int:
    """How many segments a share of all comes to, rounded up to a whole one."""
    return max(0, math.ceil(share * known - WHOLE))


def _size(known: int, share: float, least: int) -> int:
    if not known:
        raise DecisionRefused("There are no segments to draw from. Prepare the study's transcripts first.")
    if not 0.0 <= share <= 1.0:
        raise DecisionRefused(f"The share to code twice lies between 0 and 1, such as 0.2; {share} does not.")
    if least < 0:
        raise DecisionRefused(f"At least {least} segments cannot be drawn. Ask for 0 or more.")
    size = min(known, max(least, size_of(known, share)))
    if not size:
        raise DecisionRefused("A share of 0 draws no segment. Ask for a larger share, or for a least number.")
    return size


def _from_untaken(size: int, untaken: int, known: int) -> int:
    """How many of the draw nobody suggested: their proportion, rounded, and one of each kind where that can be."""
    proportional = (2 * size * untaken + known) // (2 * known)
    lowest = max(min(untaken, 1), size - (known - untaken))
    highest = min(untaken, size - 1 if size > 1 and untaken < known else size)
    return max(lowest, min(highest, proportional))


def _shuffled(ids: Collection[str], seed: int) -> list[str]:
    return sorted(ids, key=lambda one: (sha256(f"{seed}:{one}".encode()).digest(), one))
