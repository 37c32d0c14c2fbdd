"""Which segments mean most nearly what a query means: cosines of unit vectors, all of them, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

_DIGITS: Final = 5
"""Decimals of a cosine that do not hang on where a row lies in the matrix: equal texts tie."""
_FEW: Final = 8
"""Below one row in so many, the rows that count are gathered first."""
_AT_ONCE: Final = 5_000
"""Rows copied at a time, so that a large matrix is not in memory a third time."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """Rows of the index, best first, and their cosines."""

    rows: NDArray[np.int64]
    cosines: NDArray[np.float32]


class MeaningIndex:
    """Segments' ids and their unit vectors, shape (n, d)."""

    def __init__(self, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Take them as they are; float32 is not copied.

        Raises:
            ValueError: the shapes do not fit.
        """
        if vectors.ndim != 2 or len(vectors) != len(ids):  # noqa: PLR2004 - a matrix has two dimensions
            raise ValueError(f"{len(ids)} segments do not fit vectors of shape {vectors.shape}")
        self.ids = tuple(ids)
        self.vectors = np.ascontiguousarray(vectors, dtype=np.float32)

    def __len__(self) -> int:
        return len(self.ids)

    def nearest(self, vector: NDArray[np.float32], count: int, mask: NDArray[np.bool_] | None = None) -> Nearest:
        """The `count` rows whose cosine to `vector`, shape (d,), is greatest; equal ones in their order.

        `mask`, shape (n,), says which rows count at all.
        """
        rows, cosines = self._cosines(_unit(vector), mask)
        best = top(cosines, count)
        return Nearest(rows[best], cosines[best])

    def _cosines(
        self, unit: NDArray[np.float32], mask: NDArray[np.bool_] | None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        rows = np.arange(len(self)) if mask is None else np.flatnonzero(mask)
        few = _FEW * len(rows) < len(self)
        cosines = self.vectors[rows] @ unit if few else (self.vectors @ unit)[rows]
        return rows, np.round(cosines, _DIGITS)


def arranged(order: Sequence[str], *indexes: MeaningIndex) -> MeaningIndex:
    """The vectors of `order` in that order, each from the first index that has it; those without one left out.

    Raises:
        ValueError: the indexes hold vectors of different lengths.
    """
    if indexes and indexes[0].ids == tuple(order):
        return indexes[0]
    filled = [index for index in indexes if len(index)]
    if not filled:
        return MeaningIndex((), np.zeros((0, 0), dtype=np.float32))
    if len({index.vectors.shape[1] for index in filled}) > 1:
        raise ValueError(f"vectors of shapes {[index.vectors.shape for index in filled]} are of different models")
    found = {
        key: (number, row) for number, index in reversed([*enumerate(filled)]) for row, key in enumerate(index.ids)
    }
    ids = [key for key in order if key in found]
    if len(filled) == 1 and filled[0].ids == tuple(ids):  # what comes between has no vector
        return filled[0]
    vectors = np.empty((len(ids), filled[0].vectors.shape[1]), dtype=np.float32)
    for start in range(0, len(ids), _AT_ONCE):
        source = np.array([found[key] for key in ids[start : start + _AT_ONCE]], dtype=np.int64)
        block = vectors[start : start + _AT_ONCE]
        for number, index in enumerate(filled):
            here = source[:, 0] == number
            block[here] = index.vectors[source[here, 1]]
    return MeaningIndex(ids, vectors)


def top(scores: NDArray[np.floating], count: int) -> NDArray[np.int64]:
    """Where the `count` greatest scores stand, greatest first, equal ones in their order."""
    if count <= 0:
        return np.zeros(0, dtype=np.int64)
    if count < len(scores):
        least = np.partition(scores, len(scores) - count)[len(scores) - count]
        among = np.flatnonzero(scores >= least)
    else:
        among = np.arange(len(scores))
    return among[np.argsort(-scores[among], kind="stable")][:count]


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    length = float(np.linalg.norm(vector))
    return (vector / length if length else vector).astype(np.float32)
