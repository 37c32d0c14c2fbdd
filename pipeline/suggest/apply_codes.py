"""Approved codes applied to new segments, with a confidence; what they do not cover is left for new candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.suggestion import ProposedCoding
from pipeline.suggest.candidates import SuggestSettings
from pipeline.suggest.features import question_columns, unit, with_context
from pipeline.suggest.material import Material, Matrix
from pipeline.suggest.one_thread import one_thread

SLACK: Final = 1.0
"""Inverse regularisation (scikit-learn's C) of each code's regression."""
FOLDS: Final = 3

Flags = NDArray[np.bool_]
Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Applied:
    """`proposed` codings, in the order of talk and then by confidence; segments that no code covers with enough
    confidence are `uncovered`. Every new segment is in one of the two."""

    proposed: tuple[ProposedCoding, ...]
    uncovered: tuple[str, ...]


def apply_codes(
    known: Material,
    codings: Mapping[str, tuple[str, ...]],
    new: Material,
    *,
    settings: SuggestSettings,
    seed: int = 0,
) -> Applied:
    """Proposals for `new`, learnt from the codes that people gave to segments of `known` (segment id → codes).

    Segments of `known` without a code teach what no code covers. A code is proposed from a confidence of
    `settings.confidence`, which estimates how often such a proposal is right on a group that was not learnt from.
    """
    talk = new.in_order()
    codes, chances = code_chances(known, codings, talk, seed=seed)
    proposed: list[ProposedCoding] = []
    uncovered: list[str] = []
    for segment, row in zip(talk.ids, chances, strict=True):
        found = [place for place in np.argsort(-row, kind="stable") if row[place] >= settings.confidence]
        proposed += [ProposedCoding(segment, codes[place], round(float(row[place]), 4)) for place in found]
        if not found:
            uncovered.append(segment)
    return Applied(tuple(proposed), tuple(uncovered))


def code_chances(
    known: Material, codings: Mapping[str, tuple[str, ...]], new: Material, *, seed: int = 0
) -> tuple[tuple[str, ...], Scores]:
    """The codes, sorted, and the chance of each for every segment of `new`, which is in order of talk.

    Chances have shape (n, codes) and lie in [0, 1]; several codes may hold at once.
    """
    given = known.in_order()
    codes = tuple(sorted({code for segment in given.ids for code in codings.get(segment, ())}))
    if not codes or not new.ids:
        return codes, np.zeros((len(new), len(codes)))
    carried = np.array([[code in codings.get(segment, ()) for code in codes] for segment in given.ids])
    guide = tuple(sorted(set(given.questions)))
    points = _points(given, guide)
    with one_thread():
        raw = _scores(points, carried, _points(new, guide))
        return codes, _calibrated(points, carried, given.groups, raw, seed)


def _points(material: Material, guide: tuple[str, ...]) -> Matrix:
    """What regressions see of segments in order of talk: shape (n, d + questions)."""
    return np.hstack([unit(with_context(material)), question_columns(material.questions, guide)])


def _scores(points: Matrix, carried: Flags, others: Matrix) -> Scores:
    """Log-odds of each code for `others`, one regression per code; a code that all or none carry says nothing."""
    from sklearn.linear_model import LogisticRegression

    scores = np.zeros((len(others), carried.shape[1]))
    for column in np.flatnonzero(carried.any(axis=0) & ~carried.all(axis=0)):
        regression = LogisticRegression(C=SLACK, class_weight="balanced", max_iter=200)
        scores[:, column] = regression.fit(points, carried[:, column]).decision_function(others)
    return scores


def _calibrated(points: Matrix, carried: Flags, groups: Sequence[str], raw: Scores, seed: int) -> Scores:
    """Log-odds to chances: how often such a score was right on groups that were held out.

    One curve serves all codes (Platt, 1999), because a single code has too few examples for one of its own.
    """
    from sklearn.linear_model import LogisticRegression

    held_scores, held_truth = [], []
    for train, test in _folds(groups, len(points), seed):
        learnt = carried[train].any(axis=0) & ~carried[train].all(axis=0)
        if learnt.any():
            held_scores.append(_scores(points[train], carried[train], points[test])[:, learnt].ravel())
            held_truth.append(carried[test][:, learnt].ravel())
    truth = np.concatenate(held_truth) if held_truth else np.zeros(0, dtype=bool)
    if not truth.any() or truth.all():
        return 1 / (1 + np.exp(-raw)) / 2
    curve: Any = LogisticRegression(C=np.inf).fit(np.concatenate(held_scores)[:, None], truth)
    chances: Scores = curve.predict_proba(raw.reshape(-1, 1))[:, 1].reshape(raw.shape)
    return chances


def _folds(groups: Sequence[str], count: int, seed: int) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Training and held-out places, whole groups together where there are several."""
    from sklearn.model_selection import GroupKFold, KFold

    several = len(set(groups))
    if several > 1:
        return list(GroupKFold(min(FOLDS, several)).split(np.zeros(count), groups=list(groups)))
    if count < FOLDS:
        return []
    return list(KFold(FOLDS, shuffle=True, random_state=seed).split(np.zeros(count)))
