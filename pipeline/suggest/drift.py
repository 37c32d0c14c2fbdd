"""Whether a code means the same in late groups: their segments beside those of the groups that it was made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.suggest.material import Matrix

FEWEST_GROUPS: Final = 3
"""Early groups that a code needs: with fewer, nothing says how much groups differ where nothing moved."""
FEWEST_SEGMENTS: Final = 3
"""Segments that make a group count, and that the late groups need together."""
_ROUNDING: Final = 1e-6
"""Cosines closer than this are equal: they are made of single precision."""


@dataclass(frozen=True, slots=True)
class Drift:
    """A code whose late segments stand farther from the early groups than any of these does from the others.

    `alike` is the mean cosine of the late segments with those of the early groups, `least` the smallest that one of
    the `groups` early groups, of `segments` segments together, has with all others; `odd` are the places of all late
    segments among those given, farthest from the early ones first.
    """

    code: str
    alike: float
    least: float
    groups: int
    segments: int
    odd: tuple[int, ...]


def drifting(early: Mapping[str, Mapping[str, Matrix]], late: Mapping[str, Matrix]) -> tuple[Drift, ...]:
    """The codes whose late segments stand apart, farthest first: by code the unit vectors (n, d) of each early group,
    and those of the late groups together.

    Groups are compared, not segments, since what one group says hangs together; every group weighs the same, however
    much it said. A late group like the others is the one farthest off by chance alone in one code of `groups` + 1.
    """
    found = (_drift(code, early[code], late[code]) for code in early.keys() & late.keys())
    return tuple(sorted(filter(None, found), key=lambda item: (item.alike - item.least, item.code)))


def _drift(code: str, early: Mapping[str, Matrix], late: Matrix) -> Drift | None:
    groups = [rows for rows in early.values() if len(rows) >= FEWEST_SEGMENTS]
    if len(groups) < FEWEST_GROUPS or len(late) < FEWEST_SEGMENTS:
        return None
    means = np.stack([_mean(rows) for rows in (*groups, late)])
    cosines = means @ means.T  # of two means: the mean cosine of a segment of one group with one of the other
    alike = (cosines.sum(axis=1) - np.diag(cosines)) / len(groups)
    least, of_late = float(alike[:-1].min()), float(alike[-1])
    if of_late >= least - _ROUNDING:
        return None
    nearness = late @ means[:-1].mean(axis=0)
    odd = tuple(np.argsort(nearness, kind="stable").tolist())
    return Drift(code, of_late, least, len(groups), sum(map(len, groups)), odd)


def _mean(rows: Matrix) -> NDArray[np.float64]:
    mean: NDArray[np.float64] = rows.mean(axis=0, dtype=np.float64)
    return mean
