"""How much was said that differs: what the number of candidates goes by, since no one knows the number of codes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.segment import OFF_GUIDE
from pipeline.suggest.features import SELF_SUFFICIENT, unit
from pipeline.suggest.material import Matrix

ALIKE: Final = 0.5
"""The cosine, once what all segments share is taken off, from which two segments say much the same."""
PER_ROOT: Final = 1.3
"""Candidates per square root of distinct volume."""
PER_QUESTION: Final = 2
"""Candidates for each question of the guide, however little was said: with fewer they would restate the guide."""
EACH: Final = 8
"""Segments for each of these there must be."""


def distinct_volume(excerpts: Sequence[str], vectors: Matrix) -> float:
    """Full-length segments' worth of talk, counting what was said alike once; `vectors` is (n, d).

    A segment counts for its length, at most 1, divided by all that is said like it. Seventeen people doing the
    same task say fewer different things than fifty-seven people giving their views at the same length.
    """
    if not excerpts:
        return 0.0
    content = unit(vectors - vectors.mean(axis=0))
    lengths = np.array([len(excerpt) for excerpt in excerpts], dtype=np.float32)
    weights = np.minimum(lengths / SELF_SUFFICIENT, 1)
    return float((weights**2 / _weight_of_alike(content, weights)).sum())


def candidates_for(volume: float, questions: Sequence[str] = ()) -> int:
    """How many candidates that much different talk supports; codes grow more slowly than talk does.

    `questions` says for each segment which one it answers, or OFF_GUIDE.
    """
    answers = [question for question in questions if question != OFF_GUIDE]
    finer = min(PER_QUESTION * len(set(answers)), len(answers) // EACH)
    return max(1, finer, round(PER_ROOT * math.sqrt(volume)))


def _weight_of_alike(content: Matrix, weights: Matrix, rows: int = 1024) -> NDArray[np.float32]:
    """Per segment, the weight of all segments like it, itself included, shape (n,)."""
    found = np.empty(len(content), dtype=np.float32)
    for start in range(0, len(content), rows):
        alike = content[start : start + rows] @ content.T >= ALIKE
        found[start : start + rows] = alike @ weights
    return np.maximum(found, weights)
