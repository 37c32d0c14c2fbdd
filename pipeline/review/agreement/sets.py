"""Agreement on whole sets of codes: MASI distance, Krippendorff's alpha with it, and where the sets part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from pipeline.review.agreement.coefficients import MISSING, Coefficient, Tally, alpha
from pipeline.review.agreement.ratings import Floats, Ratings

SUBSET: Final = 2 / 3
"""MASI's weight where one set holds the other."""

OVERLAP: Final = 1 / 3
"""MASI's weight where the sets share something and each has something of its own."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """Two codes that one coder and another chose in each other's place, and on which units.

    `times` counts pairs of coders: on a unit, one applied `first` and not `second`, the other `second` and not
    `first`.
    """

    first: str
    second: str
    times: int
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """A unit that divides the team: the mean MASI distance of every two coders, and what each applied."""

    unit: str
    distance: float
    chosen: tuple[tuple[str, frozenset[str]], ...]


def masi(first: frozenset[str], second: frozenset[str]) -> float:
    """The MASI distance of two sets, 0 alike to 1 nothing shared (Passonneau 2006).

    It is one minus Jaccard's index times a weight: 1 for equal sets, 2/3 where one holds the other, 1/3 where they
    overlap, 0 where they share nothing. Two empty sets are equal: both coders looked and applied no code.
    """
    if first == second:
        return 0.0
    common = len(first & second)
    weight = SUBSET if first <= second or second <= first else OVERLAP
    return 1.0 - weight * common / len(first | second)


def mean_masi(chosen: Sequence[frozenset[str]]) -> float:
    """The mean MASI distance over every two of the sets; 0 where there are fewer than two."""
    apart = [masi(first, second) for first, second in combinations(chosen, 2)]
    return sum(apart) / len(apart) if apart else 0.0


def masi_alpha(ratings: Ratings) -> Coefficient:
    """Krippendorff's alpha over the coders' sets of codes, with MASI distance; missing ratings stay missing."""
    kinds = sorted({frozenset(chosen) for chosen in ratings.applied.values()}, key=sorted)
    number = {chosen: index for index, chosen in enumerate(kinds)}
    values = np.array(
        [
            [
                number[frozenset(ratings.applied[unit, coder])] if (unit, coder) in ratings.applied else MISSING
                for coder in ratings.coders
            ]
            for unit in ratings.units
        ],
        dtype=np.int64,
    ).reshape(len(ratings.units), len(ratings.coders))
    rated = values[(values != MISSING).any(axis=1)]
    patterns, counts = np.unique(rated, axis=0, return_counts=True)
    return alpha(Tally(patterns, counts.astype(np.float64), len(kinds)), _masi_matrix(kinds))


def confusions(ratings: Ratings) -> tuple[Confusion, ...]:
    """The pairs of codes chosen in each other's place, most often first, then in the order of `ratings.codes`."""
    rank = {code: index for index, code in enumerate(ratings.codes)}
    times: Counter[tuple[str, str]] = Counter()
    where: dict[tuple[str, str], dict[str, None]] = {}
    for unit in ratings.units:
        for (_, one), (_, other) in combinations(ratings.sets(unit), 2):
            for mine in one - other:
                for theirs in other - one:
                    pair = (mine, theirs) if rank[mine] < rank[theirs] else (theirs, mine)
                    times[pair] += 1
                    where.setdefault(pair, {})[unit] = None
    order = sorted(times, key=lambda pair: (-times[pair], rank[pair[0]], rank[pair[1]]))
    return tuple(Confusion(*pair, times[pair], tuple(where[pair])) for pair in order)


def splits(ratings: Ratings) -> tuple[Split, ...]:
    """The units on which coders differ, most divided first, then in the order of `ratings.units`."""
    found = []
    for unit in ratings.units:
        chosen = ratings.sets(unit)
        distance = mean_masi([codes for _, codes in chosen])
        if distance > 0:
            found.append(Split(unit, distance, chosen))
    return tuple(sorted(found, key=lambda split: -split.distance))


def _masi_matrix(chosen: Sequence[frozenset[str]]) -> Floats:
    """Sets x sets: the MASI distance of every two of them."""
    codes = sorted(frozenset[str]().union(*chosen))
    member = np.array([[code in one for code in codes] for one in chosen], dtype=np.float64)
    member = member.reshape(len(chosen), len(codes))
    common = member @ member.T
    size = member.sum(axis=1)
    union = size[:, None] + size[None, :] - common
    jaccard = np.divide(common, union, out=np.ones_like(common), where=union > 0)
    holds = common == np.minimum(size[:, None], size[None, :])
    equal = common == np.maximum(size[:, None], size[None, :])
    weight = np.select([equal, holds & (common > 0), common > 0], [1.0, SUBSET, OVERLAP], default=0.0)
    return np.asarray(1.0 - jaccard * weight, dtype=np.float64)
