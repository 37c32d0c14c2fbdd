"""How often two segments fall together when the talk is divided again and again, coarsely and finely.

One division depends on its seed and on the number of clusters asked for; what recurs over many depends on the talk.
After Fred and Jain (2005), "Combining multiple clusterings using evidence accumulation".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.suggest.material import Matrix

Divisions = NDArray[np.int32]
"""Which cluster each of n points falls into, in each of so many divisions, shape (divisions, n)."""

DIVISIONS: Final = 60
FINEST: Final = 3
"""The last division has so many times the clusters of the first."""
ENOUGH_STEPS: Final = 25


def divisions_of(
    points: Matrix, scale: float, seed: int, step: Callable[[int, int], None], *, count: int = DIVISIONS
) -> Divisions:
    """`count` divisions of n points into clusters, from `scale` to FINEST times as many, shape (count, n).

    `step` is told (divisions done, of how many).
    """
    from sklearn.cluster import KMeans

    random = np.random.default_rng(seed)
    found = np.empty((count, len(points)), dtype=np.int32)
    for number, clusters in enumerate(np.linspace(scale, FINEST * scale, count)):
        found[number] = KMeans(
            n_clusters=int(np.clip(clusters, 1, len(points))),
            init="random",
            n_init=1,
            max_iter=ENOUGH_STEPS,
            random_state=int(random.integers(2**31)),
        ).fit_predict(points)
        step(number + 1, count)
    return found


def together(divisions: Divisions) -> Matrix:
    """Shares of divisions in which two points fell together, shape (n, n), in [0, 1]."""
    count = divisions.shape[1]
    shares = np.zeros((count, count), dtype=np.float32)
    for division in divisions:
        for members in _clusters(division):
            shares[np.ix_(members, members)] += 1
    shares /= len(divisions)
    return shares


def recurrence(shares: Matrix, labels: NDArray[np.intp]) -> NDArray[np.float64]:
    """How often each point fell together with the others of its group, shape (n,); 0 for a point alone or outside."""
    found = np.zeros(len(labels))
    for label in np.unique(labels[labels >= 0]):
        members = np.flatnonzero(labels == label)
        inside = shares[np.ix_(members, members)]
        found[members] = (inside.sum(axis=1) - np.diagonal(inside)) / max(len(members) - 1, 1)
    return found


def _clusters(labels: NDArray[np.int32]) -> list[NDArray[np.intp]]:
    order = np.argsort(labels, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)
