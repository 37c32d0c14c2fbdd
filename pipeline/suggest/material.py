"""What clustering is given: participants' segments with their vectors and where they come from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
Encode = Callable[[Sequence[str]], Matrix]
"""Texts to unit vectors, shape (len(texts), d), of the model that made the segments' vectors."""

_NUMBER: Final = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Material:
    """n segments of participants, agreement noises left out; every field has one entry per segment.

    `vectors` is (n, d) of unit length. `questions` holds guide question ids or OFF_GUIDE, `roles` "" where the
    study does not say, `turns` "transcript:turn". `manner` (n, d') of unit length is how a thing is said rather than
    what; None where nobody asked for that.
    """

    ids: tuple[str, ...]
    excerpts: tuple[str, ...]
    vectors: Matrix
    questions: tuple[str, ...]
    groups: tuple[str, ...]
    speakers: tuple[str, ...]
    roles: tuple[str, ...]
    turns: tuple[str, ...]
    manner: Matrix | None = None

    def __post_init__(self) -> None:
        matrices = [self.vectors] if self.manner is None else [self.vectors, self.manner]
        lengths = {len(column) for column in (*self._columns(), *matrices)}
        if len(lengths) > 1:
            raise ValueError(f"Every field of a Material needs one entry per segment, not {sorted(lengths)}.")

    def __len__(self) -> int:
        return len(self.ids)

    def only(self, ids: Iterable[str]) -> Material:
        """The segments of those ids, in the order they have here."""
        wanted = set(ids)
        return self.at([place for place, name in enumerate(self.ids) if name in wanted])

    def in_order(self) -> Material:
        """The same segments in the order of talk, whatever order they came in: ids end in "start-end"."""
        order = sorted(range(len(self)), key=lambda place: _order(self.ids[place]))
        return self if order == list(range(len(self))) else self.at(order)

    def at(self, places: Sequence[int]) -> Material:
        """The segments at those places, in that order."""
        chosen = (tuple(column[place] for place in places) for column in self._columns())
        ids, excerpts, questions, groups, speakers, roles, turns = chosen
        rows = np.asarray(places, dtype=np.intp)
        manner = None if self.manner is None else self.manner[rows]
        return Material(ids, excerpts, self.vectors[rows], questions, groups, speakers, roles, turns, manner)

    def beside(self, other: Material) -> Material:
        """These segments, then the other ones; with manner where both have it."""
        if not len(self) or not len(other):  # vectors of nothing have no length
            return self if len(self) else other
        chosen = (one + two for one, two in zip(self._columns(), other._columns(), strict=True))
        ids, excerpts, questions, groups, speakers, roles, turns = chosen
        vectors = np.concatenate([self.vectors, other.vectors])
        known = self.manner is not None and other.manner is not None
        manner = np.concatenate([self.manner, other.manner]) if known else None
        return Material(ids, excerpts, vectors, questions, groups, speakers, roles, turns, manner)

    def _columns(self) -> tuple[tuple[str, ...], ...]:
        return self.ids, self.excerpts, self.questions, self.groups, self.speakers, self.roles, self.turns


def _order(name: str) -> tuple[str, tuple[int, ...], str]:
    """The transcript part of an id, then its numbers as numbers, so that 999 comes before 1000."""
    head, _, tail = name.rpartition(":")
    return head, tuple(int(part) for part in _NUMBER.findall(tail)), name
