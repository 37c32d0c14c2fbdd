"""How near a candidate or a segment stands to the codes that are there: by shared segments, and by meaning."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.suggestion import Suggestion
from pipeline.work.live_study import LiveStudy, View

MOST: Final = 3
"""Codes shown."""
ENOUGH: Final = 40
"""Segments of a code or candidate that stand for all of it."""
NEAR: Final = 0.55
"""Cosine of two mean directions from which on a code is worth a look."""
ALIKE: Final = 0.35
"""Cosine of one segment and a code's mean direction from which on the code is worth a look: single utterances stand
further from the middle than means do."""

KEPT: Final = 4_096
"""Mean directions that are kept in memory; one says nothing but which segments it is the mean of."""
_MEANS: Final[dict[tuple[str, ...], NDArray[np.float32]]] = {}
_TURN: Final = threading.Lock()

Standing = Mapping[str, tuple[str, ...]]
"""Code → the first of the segments that carry it."""


@dataclass(frozen=True, slots=True)
class Near:
    """A code near a candidate: segments that both have, and the cosine of their mean directions."""

    code: str
    name: str
    shared: int
    cosine: float


def near_codes(study: LiveStudy, view: View, candidate: Suggestion) -> tuple[Near, ...]:
    """The codes that come nearest to a candidate, nearest first; none where nothing is near."""
    own, there = frozenset(candidate.segments), standing(view)
    cosines = _cosines(study, view, candidate.segments[:ENOUGH], there)
    shared = {code: sum(segment in view.book.by_code.get(code, {}) for segment in own) for code in there}
    near = [Near(code, view.book.codes[code].name, shared[code], cosines[code]) for code in there]
    return _nearest([item for item in near if item.shared or item.cosine >= NEAR])


def near_segment(study: LiveStudy, view: View, segment: str, there: Standing) -> tuple[str, ...]:
    """The codes among `there` (see `standing`) whose segments come nearest to a segment, nearest first."""
    cosines = _cosines(study, view, [segment], there)
    near = [code for code in there if cosines[code] >= ALIKE]
    return tuple(sorted(near, key=lambda code: (-cosines[code], code))[:MOST])


def standing(view: View) -> Standing:
    """The codes in use with segments that stand for each, copied, so that they can be looked at after the look."""
    return {code.id: tuple(islice(view.book.by_code.get(code.id, ()), ENOUGH)) for code in view.book.active_codes}


def _nearest(found: Sequence[Near]) -> tuple[Near, ...]:
    return tuple(sorted(found, key=lambda near: (-near.shared, -near.cosine, near.name))[:MOST])


def _cosines(study: LiveStudy, view: View, own: Sequence[str], there: Standing) -> dict[str, float]:
    means = mean_directions(study, view, [tuple(own), *there.values()])
    return dict(zip(there, (means[1:] @ means[0]).tolist(), strict=True))


def mean_directions(study: LiveStudy, view: View, of: Sequence[tuple[str, ...]]) -> NDArray[np.float32]:
    """The mean direction of each group of segments, shape (len(of), d), unit length; zeros where none is embedded."""
    with _TURN:
        while len(_MEANS) > KEPT:
            del _MEANS[next(iter(_MEANS))]
        found = [_MEANS[each] if each in _MEANS else _kept(each, _mean(study, view, each)) for each in of]
    width = max(map(len, found))
    return np.array([mean if len(mean) else np.zeros(width) for mean in found], dtype=np.float32)


def _kept(segments: tuple[str, ...], mean: NDArray[np.float32]) -> NDArray[np.float32]:
    if len(mean):
        _MEANS[segments] = mean
    return mean


def _mean(study: LiveStudy, view: View, segments: tuple[str, ...]) -> NDArray[np.float32]:
    """One mean direction, shape (d,), or (0,) where nothing is embedded."""
    rows, _ = study.vectors(view, segments)
    if not len(rows):
        return np.zeros(0, dtype=np.float32)
    total: NDArray[np.float32] = rows.sum(axis=0)
    length = np.float32(np.linalg.norm(total))
    return np.divide(total, length, out=total) if length else total
