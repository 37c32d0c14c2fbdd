"""Vectors by (model, sha256 of the normalised text): computed once, shared by all studies of the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from pipeline.store.database import Database, insert_new
from pipeline.store.errors import VectorsMissing
from pipeline.store.schema import VECTOR

_AT_ONCE: Final = 5_000
"""Hashes per statement; both databases take at least 32,000 values."""
_STORED: Final = np.dtype("<f4")


class Vectors:
    """Float32 vectors, little-endian, one row each."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, model_key: str, hashes: Sequence[str]) -> set[str]:
        """Those of `hashes` that have a vector of this model."""
        found: set[str] = set()
        with self._database.reading() as connection:
            for some in _pieces(hashes):
                query = select(VECTOR.c.hash).where(VECTOR.c.model == model_key, VECTOR.c.hash.in_(some))
                found.update(connection.execute(query).scalars())
        return found

    def put(self, model_key: str, hashes: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Keep `vectors`, shape (len(hashes), d); a hash that has one already keeps it.

        Raises:
            ValueError: the shapes do not fit.
        """
        if vectors.ndim != 2 or len(vectors) != len(hashes):  # noqa: PLR2004 - a matrix has two dimensions
            raise ValueError(f"{len(hashes)} hashes do not fit vectors of shape {vectors.shape}")
        if not hashes:
            return
        rows = [
            {"model": model_key, "hash": key, "vector": vector.tobytes()}
            for key, vector in zip(hashes, vectors.astype(_STORED, copy=False), strict=True)
        ]
        with self._database.writing() as connection:
            connection.execute(insert_new(connection, VECTOR).on_conflict_do_nothing(), rows)

    def get(self, model_key: str, hashes: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of `hashes` in that order, shape (len(hashes), d); (0, 0) for none.

        Raises:
            VectorsMissing: one of them has no vector of this model.
        """
        found: dict[str, bytes] = {}
        with self._database.reading() as connection:
            for some in _pieces(hashes):
                query = select(VECTOR.c.hash, VECTOR.c.vector).where(
                    VECTOR.c.model == model_key, VECTOR.c.hash.in_(some)
                )
                found.update((key, vector) for key, vector in connection.execute(query))
        if missing := {key for key in hashes if key not in found}:
            raise VectorsMissing(
                f"{len(missing)} of {len(set(hashes))} texts have no vector of model {model_key}; embed them first."
            )
        if not hashes:
            return np.zeros((0, 0), dtype=np.float32)
        joined = np.frombuffer(b"".join(found[key] for key in hashes), dtype=_STORED)
        return joined.reshape(len(hashes), -1).astype(np.float32)


def _pieces(hashes: Sequence[str]) -> Iterator[list[str]]:
    different = sorted(set(hashes))  # neighbours in the index are read together
    for start in range(0, len(different), _AT_ONCE):
        yield different[start : start + _AT_ONCE]
