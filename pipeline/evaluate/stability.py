"""Whether the same talk is divided alike again, from another seed and after other focus groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from statistics import fmean

import numpy as np


def bootstraps(groups: Sequence[str], count: int) -> list[tuple[str, ...]]:
    """`count` draws of as many groups as there are, with replacement; a group drawn twice is there once.

    Groups come sorted, draws are the same for the same groups.
    """
    names = sorted(set(groups))
    random = np.random.default_rng(0)
    return [
        tuple(sorted({names[place] for place in random.integers(len(names), size=len(names))})) for _ in range(count)
    ]


def stability_ari(runs: Sequence[Mapping[str, int]]) -> float:
    """The mean adjusted Rand index of all pairs of runs that share segments; 1.0 where no two do.

    A run maps segment ids to labels; all that a run leaves unclear has one label of its own.
    """
    from sklearn.metrics import adjusted_rand_score

    scores = []
    for one, other in combinations(runs, 2):
        shared = sorted(one.keys() & other.keys())
        if shared:
            scores.append(
                float(adjusted_rand_score([one[name] for name in shared], [other[name] for name in shared]))
            )
    return fmean(scores) if scores else 1.0
