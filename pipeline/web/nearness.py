"""How near a candidate stands to the codes that are there: by shared segments, and by meaning."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Near:
    """A code near a candidate: segments that both have, and the cosine of their mean directions."""

    code: str
    name: str
    shared: int
    cosine: float


def near_codes(study: LiveStudy, view: View, candidate: Suggestion) -> tuple[Near, ...]:
    """The codes that come nearest, nearest first; none where nothing is near."""
    own = frozenset(candidate.segments)
    centre = _mean(study, view, candidate.segments)
    found = []
    for code in view.book.active_codes:
        carried = view.book.by_code.get(code.id, {})
        shared = sum(segment in carried for segment in own)
        other = _mean(study, view, tuple(carried)[:ENOUGH])
        cosine = float(centre @ other) if centre is not None and other is not None else 0.0
        if shared or cosine >= NEAR:
            found.append(Near(code.id, code.name, shared, cosine))
    return tuple(sorted(found, key=lambda near: (-near.shared, -near.cosine, near.name))[:MOST])


def _mean(study: LiveStudy, view: View, segments: tuple[str, ...]) -> NDArray[np.float32] | None:
    """The mean direction of some segments, a unit vector of shape (d,); None where nothing is embedded."""
    rows = study.vectors(view, segments[:ENOUGH])
    if not len(rows):
        return None
    mean = rows.mean(axis=0)
    length = float(np.linalg.norm(mean))
    return mean / length if length else None
