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

DIVISIONS: Final = 60
ENOUGH_STEPS: Final = 25


def together(
    points: Matrix, scale: float, seed: int, step: Callable[[int, int], None], *, divisions: int = DIVISIONS
) -> Matrix:
    """Shares of divisions in which two points fell together, shape (n, n), in [0, 1].

    The divisions have from `scale` to twice `scale` clusters. `step` is told (divisions done, of how many).
    """
    from sklearn.cluster import KMeans

    count = len(points)
    random = np.random.default_rng(seed)
    shares = np.zeros((count, count), dtype=np.float32)
    for number, clusters in enumerate(np.linspace(scale, 2 * scale, divisions)):
        division = KMeans(
            n_clusters=int(np.clip(clusters, 1, count)),
            init="random",
            n_init=1,
            max_iter=ENOUGH_STEPS,
            random_state=int(random.integers(2**31)),
        ).fit_predict(points)
        for members in _clusters(division):
            shares[np.ix_(members, members)] += 1
        step(number + 1, divisions)
    shares /= divisions
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
