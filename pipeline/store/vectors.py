"""Vectors by (model, sha256 of the normalised text): computed once, shared by all studies of the database."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, select

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
        """The vectors of `hashes` in that order, shape (len(hashes), d); (0, 0) for no hashes.

        Raises:
            VectorsMissing: one of them has no vector of this model.
        """
        places = {key: place for place, key in enumerate(dict.fromkeys(hashes))}
        found, seen = np.zeros((len(places), 0), dtype=np.float32), 0
        for key, vector in self._rows(model_key, hashes):
            if not seen:
                found = np.empty((len(places), len(vector) // _STORED.itemsize), dtype=np.float32)
            found[places[key]] = np.frombuffer(vector, dtype=_STORED)
            seen += 1
        if seen < len(places):
            raise VectorsMissing(
                f"{len(places) - seen} of {len(places)} texts have no vector of model {model_key}; embed them first."
            )
        return found if len(places) == len(hashes) else found[[places[key] for key in hashes]]

    def forget(self, hashes: Collection[str]) -> None:
        """Delete the vectors of those texts, of every model."""
        with self._database.writing() as connection:
            for some in _pieces(hashes):
                connection.execute(delete(VECTOR).where(VECTOR.c.hash.in_(some)))

    def _rows(self, model_key: str, hashes: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        with self._database.reading() as connection:
            for some in _pieces(hashes):
                query = select(VECTOR.c.hash, VECTOR.c.vector)
                query = query.where(VECTOR.c.model == model_key, VECTOR.c.hash.in_(some))
                yield from connection.execute(query).tuples()


def _pieces(hashes: Collection[str]) -> Iterator[list[str]]:
    different = sorted(set(hashes))  # neighbours in the index are read together
    for start in range(0, len(different), _AT_ONCE):
        yield different[start : start + _AT_ONCE]
