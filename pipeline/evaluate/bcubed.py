"""B-cubed where an item may be in several clusters and carry several codes.

After Amigó, Gonzalo, Artiles and Verdejo (2009), "A comparison of extrinsic clustering evaluation metrics based on
formal constraints", section 6: two items that share c clusters and l codes are right together min(c, l) times.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence

import numpy as np
from numpy.typing import NDArray


def bcubed_f(clusters: Sequence[Collection[Hashable]], codes: Sequence[Collection[Hashable]]) -> float:
    """The harmonic mean of B-cubed precision and recall over items that carry a code; 0.0 without any.

    `clusters` and `codes` have one entry per item. An item in no cluster is a cluster of its own.
    """
    coded = [item for item, carried in enumerate(codes) if carried]
    if not coded:
        return 0.0
    own = [clusters[item] or (("alone", item),) for item in coded]
    together, alike = _shared(own), _shared([codes[item] for item in coded])
    right = np.minimum(together, alike)
    precision = float(_mean_where(right, together).mean())
    recall = float(_mean_where(right, alike).mean())
    return 2 * precision * recall / (precision + recall)


def _shared(memberships: Sequence[Collection[Hashable]]) -> NDArray[np.float32]:
    """How many sets two items are both in, shape (n, n)."""
    names = {name: column for column, name in enumerate(dict.fromkeys(name for item in memberships for name in item))}
    inside = np.zeros((len(memberships), len(names)), dtype=np.float32)
    for row, item in enumerate(memberships):
        inside[row, [names[name] for name in item]] = 1
    shared: NDArray[np.float32] = inside @ inside.T
    return shared


def _mean_where(right: NDArray[np.float32], of: NDArray[np.float32]) -> NDArray[np.float32]:
    """Per row, the mean of right/of over the items with `of` > 0; an item always shares something with itself."""
    shares = np.divide(right, of, out=np.zeros_like(right), where=of > 0)
    means: NDArray[np.float32] = shares.sum(axis=1) / (of > 0).sum(axis=1)
    return means
