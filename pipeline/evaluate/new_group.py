"""How well approved codes are found in a group that nothing was learnt from, and what is new told from what is not.

Groups are held out one by one, or in five folds where there are more than twelve (leave-one-group-out, as in
scikit-learn's user guide on grouped cross-validation). The unit is the human span: its score for a code is the mean
over the segments that touch it, weighted by the characters they share.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluate.reference import HumanSpan
from pipeline.evaluate.suggestions import Place, contacts

Scores = NDArray[np.float64]
Flags = NDArray[np.bool_]

ONE_BY_ONE: Final = 12
"""Up to so many groups each is held out alone."""
FOLDS: Final = 5
BINS: Final = 10
"""Bins of equal width of a reliability diagram (Naeini, Cooper & Hauskrecht 2015)."""
LEARNABLE: Final = 5
"""Training segments from which on a code counts for the macro F1."""
HIDDEN: Final = 0.2
"""The share of codes hidden to see whether their spans are found to be new."""
DRAWS: Final = 5
FALSE_ALARMS: Final = 0.1
RESAMPLES: Final = 1000


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a learner is given: `codes_of` coded segments of the groups that are not `held_out`; it must not look at
    the `forgotten` segments at all. The same seed must give the same answer."""

    codes_of: Mapping[str, tuple[str, ...]]
    held_out: frozenset[str]
    forgotten: frozenset[str]
    seed: int


@dataclass(frozen=True, slots=True)
class Predicted:
    """What a learner answers. `chances` (n, codes) in [0, 1] and `novelty` (n,), larger for newer, are of the
    held-out groups' `segments`; `known_chances` (m, codes) of training segments, each from learning without its own
    group."""

    codes: tuple[str, ...]
    segments: tuple[str, ...]
    chances: Scores
    novelty: Scores
    known: tuple[str, ...]
    known_chances: Scores


Learner = Callable[[Lesson], Predicted]


@dataclass(frozen=True, slots=True)
class NewGroupScores:
    """Means over folds and seeds, all in [0, 1].

    `recall_at_1`: spans whose top code is right. `recall_at_5`: share of a span's codes among the top five.
    `macro_f1`: over codes with at least LEARNABLE training segments that occur in the fold, thresholds chosen on
    training groups. `ece`: expected calibration error over all (span, known code) pairs; `ece_top`: over the top
    code alone, which is the stricter of the two. `novelty_auroc`: spans of hidden codes only against spans of known
    codes only; `novelty_recall_at_10fa`: the share of the former found at a tenth of false alarms. `intervals`: 95%
    by resampling groups. `reliability`: (mean chance, share right, count) of each bin of top codes.
    """

    recall_at_1: float = 0.0
    recall_at_5: float = 0.0
    macro_f1: float = 0.0
    ece: float = 0.0
    ece_top: float = 0.0
    novelty_auroc: float = 0.0
    novelty_recall_at_10fa: float = 0.0
    folds: int = 0
    seeds: int = 0
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    reliability: tuple[tuple[float, float, int], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The scores as plain values."""
        return asdict(self)


def score_new_group(
    spans: Sequence[HumanSpan], places: Mapping[str, Place], learn: Learner, *, seeds: int = 1, draws: int = DRAWS
) -> NewGroupScores:
    """Scores of a learner on human `spans`; `places` says where each segment id stands; so many `draws` of
    hidden codes in each fold (0: the scores of novelty are 0).

    Spans without a code are passed over. Without two groups that hold coded spans there is nothing to hold out, and
    all scores are 0.
    """
    yardstick = _Yardstick([span for span in spans if span.codes], places)
    folds = [(seed, fold) for seed in range(seeds) for fold in held_out(yardstick.groups, seed)]
    if not folds:
        return NewGroupScores()
    asked = [_asked(yardstick, learn, fold, seed) for seed, fold in folds]
    novelty = [_novel(yardstick, learn, fold, seed, draws) for seed, fold in folds]
    found = [score for each in novelty for score in each]
    tops = np.concatenate([each.top_chance for each in asked])
    right = np.concatenate([each.top_right for each in asked])
    return NewGroupScores(
        recall_at_1=_mean([float(each.right.mean()) for each in asked]),
        recall_at_5=_mean([float(each.in_five.mean()) for each in asked]),
        macro_f1=_mean([each.macro_f1 for each in asked]),
        ece=_mean([each.ece for each in asked]),
        ece_top=calibration_error(tops, right),
        novelty_auroc=_mean([auroc for auroc, _ in found]),
        novelty_recall_at_10fa=_mean([recall for _, recall in found]),
        folds=len(folds) // seeds,
        seeds=seeds,
        intervals=_intervals(asked),
        reliability=reliability(tops, right),
    )


def held_out(groups: Collection[str], seed: int) -> list[frozenset[str]]:
    """The groups held out together, drawn by `seed`; none where there are fewer than two groups."""
    names = sorted(groups)
    if len(names) < 2:  # noqa: PLR2004 - with one group nothing is left to learn from
        return []
    drawn = [names[place] for place in np.random.default_rng(seed).permutation(len(names))]
    count = len(names) if len(names) <= ONE_BY_ONE else FOLDS
    return [frozenset(drawn[place::count]) for place in range(count)]


def calibration_error(chances: Scores, right: Flags) -> float:
    """The mean gap between chance and share right, over BINS bins of equal width weighted by their count."""
    bins = reliability(chances, right)
    total = sum(count for *_, count in bins)
    return sum(count * abs(chance - share) for chance, share, count in bins) / total if total else 0.0


def reliability(chances: Scores, right: Flags) -> tuple[tuple[float, float, int], ...]:
    """(mean chance, share right, count) of every bin that holds something, from low chances to high."""
    chances, right = chances.ravel(), right.ravel()
    bins = np.clip((chances * BINS).astype(int), 0, BINS - 1)
    inside = [bins == number for number in range(BINS)]
    return tuple(
        (float(chances[each].mean()), float(right[each].mean()), int(each.sum())) for each in inside if each.any()
    )


def detection(scores: Scores, positive: Flags) -> tuple[float, float]:
    """(AUROC, recall at FALSE_ALARMS false alarms) of `scores` for telling `positive` from the rest.

    Equal scores count half. The second is the largest recall of a threshold that lets through at most that share
    of the others.
    """
    inside, outside = scores[positive], np.sort(scores[~positive])
    below = np.searchsorted(outside, inside, side="left")
    equal = np.searchsorted(outside, inside, side="right") - below
    auroc = float((below + equal / 2).mean() / len(outside))
    let_through = int(FALSE_ALARMS * len(outside))
    bar = outside[len(outside) - 1 - let_through]
    return auroc, float((inside > bar).mean())


def best_thresholds(scores: Scores, truth: Flags) -> Scores:
    """Per code the score from which calling it gives the best F1 on these rows, shape (codes,); 1.1 for a code that
    none of them carries."""
    found = np.full(scores.shape[1], 1.1)
    for column in np.flatnonzero(truth.any(axis=0)):
        order = np.argsort(-scores[:, column], kind="stable")
        hits = np.cumsum(truth[order, column])
        f1 = 2 * hits / (np.arange(1, len(order) + 1) + hits[-1])
        last_of_equals = np.append(np.diff(scores[order, column]) != 0, [True])
        found[column] = scores[order[int(np.argmax(np.where(last_of_equals, f1, -1)))], column]
    return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one fold showed; arrays have one entry per span of the fold, `top_*` per span that a segment touches."""

    group: tuple[str, ...]
    right: Scores
    in_five: Scores
    macro_f1: float
    ece: float
    top_chance: Scores
    top_right: Flags


class _Yardstick:
    """Spans, and which segments touch them."""

    def __init__(self, spans: Sequence[HumanSpan], places: Mapping[str, Place]) -> None:
        self.spans = spans
        self.groups = frozenset(span.group for span in spans)
        self.codes = tuple(sorted({code for span in spans for code in span.codes}))
        self.group_of = {segment: group for segment, (group, _, _) in places.items()}
        self._touching: list[list[tuple[str, int]]] = [[] for _ in spans]
        self.codes_of: dict[str, tuple[str, ...]] = {}
        for meeting in contacts(spans, places):
            if meeting.touches:
                self._touching[meeting.span].append((meeting.segment, meeting.shared))
                both = {*self.codes_of.get(meeting.segment, ()), *spans[meeting.span].codes}
                self.codes_of[meeting.segment] = tuple(sorted(both))

    def lesson(self, fold: frozenset[str], seed: int, hidden: Collection[str] = ()) -> Lesson:
        """What may be learnt from outside the fold, without the hidden codes and without what carries only them."""
        codes_of, forgotten = {}, set()
        for segment, codes in self.codes_of.items():
            if self.group_of[segment] in fold:
                continue
            left = tuple(code for code in codes if code not in hidden)
            if left:
                codes_of[segment] = left
            else:
                forgotten.add(segment)
        return Lesson(codes_of, fold, frozenset(forgotten), seed)

    def of(self, groups: Collection[str], *, inside: bool) -> list[int]:
        """The spans inside or outside some groups."""
        return [which for which, span in enumerate(self.spans) if (span.group in groups) == inside]

    def mean(self, which: Sequence[int], segments: Sequence[str], scores: Scores) -> tuple[Scores, Flags]:
        """Scores of spans from scores of segments, (spans, columns); and which spans any of the segments touches."""
        row = {segment: place for place, segment in enumerate(segments)}
        found = np.zeros((len(which), scores.shape[1]))
        touched = np.zeros(len(which), dtype=np.bool_)
        for place, span in enumerate(which):
            parts = [(row[segment], shared) for segment, shared in self._touching[span] if segment in row]
            if parts:
                rows, weights = zip(*parts, strict=True)
                found[place] = np.average(scores[list(rows)], axis=0, weights=weights)
                touched[place] = True
        return found, touched

    def truth(self, which: Sequence[int], codes: Sequence[str]) -> Flags:
        """Which of the codes each span carries, (spans, codes)."""
        carried = [[code in self.spans[span].codes for code in codes] for span in which]
        return np.array(carried, dtype=np.bool_).reshape(len(which), len(codes))


def _asked(yardstick: _Yardstick, learn: Learner, fold: frozenset[str], seed: int) -> _Asked:
    lesson = yardstick.lesson(fold, seed)
    predicted = learn(lesson)
    which = yardstick.of(fold, inside=True)
    scores, touched = yardstick.mean(which, predicted.segments, predicted.chances)
    truth = yardstick.truth(which, predicted.codes)
    ranks = np.argsort(-scores, axis=1, kind="stable")[:, :5]
    top = np.take_along_axis(truth, ranks, axis=1) & touched[:, None]
    carried = np.array([len(yardstick.spans[span].codes) for span in which])
    right = np.asarray(top[:, :1].any(axis=1), dtype=np.bool_)  # nothing is right where no code was learnt
    return _Asked(
        group=tuple(yardstick.spans[span].group for span in which),
        right=right.astype(np.float64),
        in_five=top.sum(axis=1) / carried,
        macro_f1=_macro_f1(yardstick, lesson, predicted, scores, truth),
        ece=calibration_error(scores[touched], truth[touched]),
        top_chance=scores[touched].max(axis=1, initial=0.0),
        top_right=right[touched],
    )


def _macro_f1(yardstick: _Yardstick, lesson: Lesson, predicted: Predicted, scores: Scores, truth: Flags) -> float:
    training = yardstick.of(lesson.held_out, inside=False)
    before, _ = yardstick.mean(training, predicted.known, predicted.known_chances)
    called = scores >= best_thresholds(before, yardstick.truth(training, predicted.codes))
    taught = np.array([sum(code in codes for codes in lesson.codes_of.values()) for code in predicted.codes])
    counted = (taught >= LEARNABLE) & truth.any(axis=0) if len(taught) else np.zeros(0, dtype=np.bool_)
    both = (called & truth).sum(axis=0)[counted]
    either = (called.sum(axis=0) + truth.sum(axis=0))[counted]
    return float((2 * both / either).mean()) if counted.any() else 0.0


def _novel(
    yardstick: _Yardstick, learn: Learner, fold: frozenset[str], seed: int, draws: int
) -> list[tuple[float, float]]:
    """(AUROC, recall) of each draw of hidden codes for which the fold has spans of both kinds."""
    found = []
    for draw in range(draws):
        random = np.random.default_rng([seed, draw])
        count = max(1, round(HIDDEN * len(yardstick.codes)))
        hidden = {yardstick.codes[place] for place in random.permutation(len(yardstick.codes))[:count]}
        lesson = yardstick.lesson(fold, seed, hidden)
        taught = {code for codes in lesson.codes_of.values() for code in codes}
        which = [
            span
            for span in yardstick.of(fold, inside=True)
            if taught.isdisjoint(codes := yardstick.spans[span].codes) or taught.issuperset(codes)
        ]
        new = np.array([taught.isdisjoint(yardstick.spans[span].codes) for span in which], dtype=np.bool_)
        if not taught or new.all() or not new.any():
            continue
        predicted = learn(lesson)
        scores, touched = yardstick.mean(which, predicted.segments, predicted.novelty[:, None])
        if new[touched].any() and not new[touched].all():
            found.append(detection(scores[touched, 0], new[touched]))
    return found


def _intervals(asked: Sequence[_Asked]) -> dict[str, tuple[float, float]]:
    """95% percentile intervals of the recalls over groups drawn with replacement (Efron & Tibshirani 1993)."""
    sums: dict[str, list[float]] = {}
    for each in asked:
        for group, right, in_five in zip(each.group, each.right, each.in_five, strict=True):
            found = sums.setdefault(group, [0.0, 0.0, 0.0])
            for place, value in enumerate((1.0, float(right), float(in_five))):
                found[place] += value
    table = np.array([sums[group] for group in sorted(sums)])
    drawn = np.random.default_rng(0).integers(len(table), size=(RESAMPLES, len(table)))
    totals = table[drawn].sum(axis=1)
    low, high = np.percentile(totals[:, 1:] / totals[:, :1], [2.5, 97.5], axis=0)
    names = ("recall_at_1", "recall_at_5")
    return {name: (float(low[place]), float(high[place])) for place, name in enumerate(names)}


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else 0.0
