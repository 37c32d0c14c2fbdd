"""What anybody would try first on a new group, and what ours is measured against: logistic regression on vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluate.new_group import Learner, Lesson, Predicted, Scores

SLACK: Final = 10.0
"""scikit-learn's C; with its default of 1 the baseline is weaker on both coded corpora."""
FOLDS: Final = 3

Matrix = NDArray[np.float32]


def plain_logistic(segments: Sequence[str], groups: Sequence[str], vectors: Matrix) -> Learner:
    """A multinomial regression on unit `vectors` (n, d) of `segments`; a segment with several codes counts as one
    part for each. Its novelty is one less the largest chance (Hendrycks & Gimpel 2017)."""
    row = {segment: place for place, segment in enumerate(segments)}

    def learn(lesson: Lesson) -> Predicted:
        known = tuple(segment for segment in segments if segment in lesson.codes_of)
        codes = tuple(sorted({code for given in lesson.codes_of.values() for code in given}))
        points = vectors[[row[segment] for segment in known]]
        given = [[code in lesson.codes_of[segment] for code in codes] for segment in known]
        carried = np.array(given, dtype=bool).reshape(len(known), len(codes))
        asked = [place for place, group in enumerate(groups) if group in lesson.held_out]
        chances = _chances(points, carried, vectors[asked])
        inner = np.array([sorted(set(groups)).index(groups[row[segment]]) % FOLDS for segment in known])
        held = np.zeros(carried.shape)
        for fold in np.unique(inner):
            held[inner == fold] = _chances(points[inner != fold], carried[inner != fold], points[inner == fold])
        novelty = 1 - chances.max(axis=1, initial=0.0)
        return Predicted(codes, tuple(segments[place] for place in asked), chances, novelty, known, held)

    return learn


def _chances(points: Matrix, carried: NDArray[np.bool_], others: Matrix) -> Scores:
    from sklearn.linear_model import LogisticRegression

    found = np.zeros((len(others), carried.shape[1]))
    rows, columns = np.nonzero(carried)
    if len(set(columns)) > 1:
        parts = 1 / carried.sum(axis=1)[rows]
        fitted = LogisticRegression(C=SLACK, max_iter=300).fit(points[rows], columns, sample_weight=parts)
        found[:, fitted.classes_] = fitted.predict_proba(others)
    else:
        found[:, columns] = 1.0
    return found
