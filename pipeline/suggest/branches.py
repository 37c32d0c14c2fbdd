"""Which branches of the tree of segments are groups: those the divisions keep making, each cut at its own depth.

How well a branch recurs is the mean, over divisions, of the likeness (Jaccard) to the cluster most like it, after
Hennig (2007), "Cluster-wise assessment of cluster stability". Among all ways to take so many branches that do not
overlap, the one with the most recurrence is found exactly, by dynamic programming over the tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.suggest.consensus import Divisions
from pipeline.suggest.material import Matrix

SIZE: Final = 0.75
"""A branch counts for its recurrence times its size to this power: by size alone the largest would always win, by
recurrence alone the smallest."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree over n points. Branch b joins the two of `joins` (m, 2), where a number below n is a point and n + b is
    branch b; its points are `order[starts[b]:starts[b] + sizes[b]]`."""

    joins: NDArray[np.intp]
    sizes: NDArray[np.intp]
    starts: NDArray[np.intp]
    order: NDArray[np.intp]

    @classmethod
    def of(cls, near: Matrix) -> Tree:
        """By average linkage over how near points are to each other, `near` (n, n) in [0, 1], n >= 2."""
        from scipy.cluster.hierarchy import leaves_list, linkage
        from scipy.spatial.distance import squareform

        linked = linkage(squareform(1 - near, checks=False), "average")
        count, joins = len(near), linked[:, :2].astype(np.intp)
        sizes = linked[:, 3].astype(np.intp)
        starts = np.zeros(len(joins), dtype=np.intp)
        for branch in range(len(joins) - 1, -1, -1):
            start = starts[branch]
            for part in joins[branch]:
                if part >= count:
                    starts[part - count] = start
                start += sizes[part - count] if part >= count else 1
        return cls(joins, sizes, starts, leaves_list(linked).astype(np.intp))

    def values(self, divisions: Divisions, smallest: int) -> NDArray[np.float64]:
        """What each branch is worth, shape (m,): how well it recurs, in [0, 1], times its size to the power SIZE.

        Branches of fewer than `smallest` points are worth 0.
        """
        large = np.flatnonzero(self.sizes >= smallest)
        sizes, starts = self.sizes[large, None], self.starts[large]
        found = np.zeros(len(self.sizes))
        for division in divisions:
            clusters = np.eye(division.max() + 1, dtype=np.int32)[division[self.order]]
            so_far = np.vstack([np.zeros_like(clusters[:1]), clusters.cumsum(axis=0, dtype=np.int32)])
            shared = so_far[starts + sizes[:, 0]] - so_far[starts]
            found[large] += (shared / (sizes + so_far[-1] - shared)).max(axis=1)
        found *= self.sizes**SIZE / len(divisions)
        return found

    def chosen(self, values: NDArray[np.float64], wanted: int) -> list[int]:
        """`wanted` branches that do not overlap and together are worth most; fewer where there are no more of them.

        A branch of value 0 is never chosen.
        """
        count = len(self.order)
        worth = [np.zeros(1)] * count  # per point and branch: the most that 0, 1, 2, … branches within it are worth
        for value, (one, other) in zip(values, self.joins, strict=True):
            worth.append(_or_itself(_both(worth[one], worth[other], wanted), value))
        found: list[int] = []
        within = [(len(worth) - 1, min(wanted, len(worth[-1]) - 1))]
        while within:
            part, number = within.pop()
            if number == 1 and worth[part][1] == values[part - count]:
                found.append(part - count)
            elif number:
                one, other = self.joins[part - count]
                taken = _taken(worth[one], worth[other], number)
                within += [(one, taken), (other, number - taken)]
        return found

    def members(self, branch: int) -> NDArray[np.intp]:
        """The points of a branch."""
        start = self.starts[branch]
        return self.order[start : start + self.sizes[branch]]


def _both(one: NDArray[np.float64], other: NDArray[np.float64], wanted: int) -> NDArray[np.float64]:
    """The most that 0, 1, 2, … up to `wanted` branches of two parts are worth, from what those of each part are."""
    fewer, more = sorted((one, other), key=len)
    best = np.full(min(len(one) + len(other) - 1, wanted + 1), -np.inf)
    for taken, value in enumerate(fewer[: len(best)]):
        here = best[taken : taken + len(more)]
        np.maximum(here, value + more[: len(here)], out=here)
    return best


def _or_itself(best: NDArray[np.float64], value: float) -> NDArray[np.float64]:
    """`best`, or the whole branch where a single one is taken and it is worth more."""
    if value <= 0:
        return best
    return np.array([0.0, max([value, *best[1:2]]), *best[2:]])


def _taken(one: NDArray[np.float64], other: NDArray[np.float64], number: int) -> int:
    """How many of `number` branches to take from the first of two parts."""
    ways = np.arange(max(0, number - len(other) + 1), min(number, len(one) - 1) + 1)
    return int(ways[(one[ways] + other[number - ways]).argmax()])
