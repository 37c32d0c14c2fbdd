"""Vectors kept in memory for a program that asks for a few of them again and again."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.store.vectors import Vectors

_ROOM: Final = 1024
"""Rows that are made room for at first; room doubles when it is filled."""


class VectorMemory:
    """Unit vectors by the hash of their text, read from the store once. Used from several threads."""

    def __init__(self, vectors: Vectors, model_key: str) -> None:
        self._store, self._model = vectors, model_key
        self._lock = threading.Lock()
        self._rows: dict[str, int] = {}
        self._matrix: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)

    def of(self, hashes: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
        """The vectors of those hashes that have one, shape (n, d), and their places among `hashes`, shape (n,)."""
        with self._lock:
            self._read([item for item in dict.fromkeys(hashes) if item not in self._rows])
            places = [place for place, item in enumerate(hashes) if item in self._rows]
            rows = [self._rows[hashes[place]] for place in places]
            return self._matrix[rows], np.array(places, dtype=np.intp)

    def _read(self, missing: Sequence[str]) -> None:
        known = self._store.known(self._model, missing) if missing else ()
        if not known:
            return
        wanted = [item for item in missing if item in known]
        found = self._store.get(self._model, wanted)
        used = len(self._rows)
        if used + len(wanted) > len(self._matrix):
            grown = np.zeros((max(_ROOM, 2 * (used + len(wanted))), found.shape[1]), dtype=np.float32)
            grown[:used] = self._matrix[:used] if used else 0
            self._matrix = grown
        self._matrix[used : used + len(wanted)] = found
        self._rows.update((item, used + place) for place, item in enumerate(wanted))
