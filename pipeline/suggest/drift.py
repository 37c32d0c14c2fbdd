"""Whether a code means the same in a new group: its new segments beside its old ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.suggest.features import unit
from pipeline.suggest.material import Matrix

FEWEST_OLD: Final = 5
FEWEST_NEW: Final = 3
"""Below so many segments on either side nothing can be said."""
SHUFFLES: Final = 1999
_ROUNDING: Final = 1e-6
"""Distances closer than this are equal: they are sums of single precision."""
LEVEL: Final = 0.05
"""The share of false alarms among the codes that are shown as drifting."""


@dataclass(frozen=True, slots=True)
class Drift:
    """A code whose new segments differ from its old ones. `distance`: one less the cosine of the two mean
    directions; `chance`: how often as much shows where old and new are drawn by lot; `odd`: places of the new
    segments among those given, farthest from the old ones first."""

    code: str
    distance: float
    chance: float
    odd: tuple[int, ...]


def drifting(old: Mapping[str, Matrix], new: Mapping[str, Matrix], *, seed: int = 0) -> tuple[Drift, ...]:
    """The codes that drift, farthest first: by code the unit vectors (n, d) of its old and its new segments.

    A permutation test of the distance between mean directions for each code with enough segments, held to LEVEL over
    all codes by Benjamini & Hochberg (1995), "Controlling the false discovery rate".
    """
    tested = [
        code
        for code in sorted(old.keys() & new.keys())
        if len(old[code]) >= FEWEST_OLD and len(new[code]) >= FEWEST_NEW
    ]
    random = np.random.default_rng(seed)
    chances = {code: shift_chance(old[code], new[code], random) for code in tested}
    found = [_drift(code, old[code], new[code], chances[code]) for code in _below(chances)]
    return tuple(sorted(found, key=lambda item: (-item.distance, item.code)))


def shift_chance(old: Matrix, new: Matrix, random: np.random.Generator) -> float:
    """How often two random parts of all segments, as large as old and new, stand as far apart, in (0, 1]."""
    everything = np.concatenate([old, new])
    order = random.random((SHUFFLES, len(everything))).argsort(axis=1)
    taken = np.zeros(order.shape, dtype=np.float32)
    np.put_along_axis(taken, order[:, : len(new)], 1, axis=1)
    drawn = taken @ everything
    rest = everything.sum(axis=0) - drawn
    lengths = np.linalg.norm(drawn, axis=1) * np.linalg.norm(rest, axis=1)
    distances = 1 - (drawn * rest).sum(axis=1) / np.maximum(lengths, np.finfo(np.float32).tiny)
    seen = _distance(old.sum(axis=0), new.sum(axis=0))
    return (int((distances >= seen - _ROUNDING).sum()) + 1) / (SHUFFLES + 1)


def _below(chances: Mapping[str, float]) -> Sequence[str]:
    ordered = sorted(chances, key=lambda code: (chances[code], code))
    passing = [place for place, code in enumerate(ordered, 1) if chances[code] <= LEVEL * place / len(ordered)]
    return ordered[: max(passing, default=0)]


def _drift(code: str, old: Matrix, new: Matrix, chance: float) -> Drift:
    nearness = new @ unit(old.mean(axis=0, keepdims=True))[0]
    order = np.argsort(nearness, kind="stable")
    return Drift(code, _distance(old.sum(axis=0), new.sum(axis=0)), chance, tuple(order.tolist()))


def _distance(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    return 1 - float(one @ other) / lengths if lengths else 0.0
