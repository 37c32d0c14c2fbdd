"""Dense cores of the talk, by HDBSCAN over how often segments fall together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.suggest.material import Matrix


def core_strength(shares: Matrix, smallest: int) -> NDArray[np.float64]:
    """How firmly each point belongs to a dense core of at least `smallest` points, in [0, 1]; 0 outside all cores.

    `shares` (n, n) says how often two points fall together. Raw distances between hundreds of dimensions leave
    HDBSCAN two clusters or none; over these shares it finds the small dense leaves that recur.
    """
    if len(shares) <= smallest:
        return np.zeros(len(shares))
    from hdbscan import HDBSCAN

    found = HDBSCAN(
        min_cluster_size=smallest, min_samples=3, metric="precomputed", cluster_selection_method="leaf"
    ).fit((1 - shares).astype(np.float64))
    strength: NDArray[np.float64] = np.where(found.labels_ >= 0, found.probabilities_, 0.0)
    return strength
