"""How near a candidate or a segment stands to the codes that are there: by shared segments, and by meaning."""

from __future__ import annotations

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
    centre, *others = mean_directions(study, view, [own, *there.values()])
    return {code: float(centre @ other) for code, other in zip(there, others, strict=True)}


def mean_directions(study: LiveStudy, view: View, of: Sequence[Sequence[str]]) -> NDArray[np.float32]:
    """The mean direction of each group of segments, shape (len(of), d), unit length; zeros where none is embedded."""
    flat = [segment for segments in of for segment in segments]
    groups = np.repeat(np.arange(len(of)), [len(segments) for segments in of])
    rows, places = study.vectors(view, flat)
    total = np.zeros((len(of), rows.shape[1]), dtype=np.float32)
    np.add.at(total, groups[places], rows)
    lengths = np.linalg.norm(total, axis=1, keepdims=True)
    np.divide(total, lengths, out=total, where=lengths > 0)
    return total
