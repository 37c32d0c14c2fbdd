"""Scores of codes found in a held-out group, on examples small enough to count by hand."""

import numpy as np
import pytest

from pipeline.evaluate.new_group import (
    Predicted,
    best_thresholds,
    calibration_error,
    detection,
    held_out,
    reliability,
    score_new_group,
)
from pipeline.evaluate.plain_logistic import plain_logistic
from pipeline.evaluate.reference import HumanSpan


def span(group: str, number: int, *codes: str) -> HumanSpan:
    return HumanSpan(group, 10 * number, 10 * number + 10, codes)


def exact_places(spans):
    return {f"{item.group}{item.start}": (item.group, item.start, item.end) for item in spans}


def always(codes: tuple[str, ...], chances: tuple[float, ...], places):
    """A learner that says the same of every segment."""

    def learn(lesson):
        asked = tuple(name for name, (group, _, _) in places.items() if group in lesson.held_out)
        known = tuple(lesson.codes_of)
        return Predicted(
            codes,
            asked,
            np.array([chances] * len(asked)),
            np.zeros(len(asked)),
            known,
            np.array([chances] * len(known)),
        )

    return learn


def test_recall_counts_the_top_code_and_the_share_among_five():
    """Of two groups, each held out once: in "a" the top code x is right for one span of two; y of the second is
    second; in "b" the one span carries x and q, and q is never offered: 1/2 of its codes. Means: (1/2 + 1)/2 and
    (1 + 1/2)/2."""
    spans = [span("a", 0, "x"), span("a", 1, "y"), span("b", 0, "q", "x")]
    places = exact_places(spans)
    scores = score_new_group(spans, places, always(("x", "y"), (0.9, 0.1), places))
    assert (scores.recall_at_1, scores.recall_at_5) == (0.75, 0.75)
    assert (scores.folds, scores.seeds) == (2, 1)


def test_a_span_that_no_segment_touches_is_missed():
    spans = [span("a", 0, "x"), span("a", 5, "x"), span("b", 0, "x")]
    places = {"a0": ("a", 0, 10), "b0": ("b", 0, 10)}
    assert score_new_group(spans, places, always(("x",), (1.0,), places)).recall_at_1 == (0.5 + 1) / 2


def test_a_span_takes_the_mean_of_its_segments_by_the_characters_they_share():
    """Segments of 30 and 10 characters inside one span: x scores (3 * .2 + 1 * .8) / 4 = .35 and y .5."""
    spans = [HumanSpan("a", 0, 40, ("y",)), span("b", 0, "x")]
    places = {"long": ("a", 0, 30), "short": ("a", 30, 40), "b": ("b", 0, 10)}
    said = {"long": (0.2, 0.5), "short": (0.8, 0.5), "b": (1.0, 0.0)}

    def learn(lesson):
        asked = tuple(name for name in places if (name == "b") == ("b" in lesson.held_out))
        rows = np.array([said[name] for name in asked])
        return Predicted(("x", "y"), asked, rows, np.zeros(len(asked)), (), np.zeros((0, 2)))

    scores = score_new_group(spans, places, learn)
    assert scores.recall_at_1 == 1.0
    assert scores.ece_top == pytest.approx((0.5 + 0.0) / 2)  # chance .5 and right; chance 1 and right


def test_the_learner_is_given_nothing_of_the_held_out_group_and_nothing_of_hidden_codes():
    spans = [span(group, number, f"c{number}") for group in "ab" for number in range(5)]
    places = exact_places(spans)
    lessons = []

    def learn(lesson):
        lessons.append(lesson)
        return always(("c0",), (1.0,), places)(lesson)

    score_new_group(spans, places, learn)
    assert all(not name.startswith(tuple(lesson.held_out)) for lesson in lessons for name in lesson.codes_of)
    hiding = [lesson for lesson in lessons if lesson.forgotten]
    assert len(hiding) == 2 * 5  # folds x draws
    assert all(len(lesson.codes_of) == 4 and len(lesson.forgotten) == 1 for lesson in hiding)


def test_more_than_twelve_groups_make_five_folds_that_hold_each_group_once():
    names = [f"g{number}" for number in range(13)]
    folds = held_out(names, seed=3)
    assert (len(folds), sorted(name for fold in folds for name in fold)) == (5, sorted(names))
    assert folds == held_out(reversed(names), seed=3)
    assert [len(fold) for fold in held_out(names[:12], seed=0)] == [1] * 12
    assert held_out(["alone"], seed=0) == []


def test_calibration_error_by_hand():
    """Bin .2 to .3 holds .2 and .22 with one right of two: gap .29; bin .9 to 1 holds .95, right: gap .05."""
    chances, right = np.array([0.2, 0.22, 0.95]), np.array([True, False, True])
    assert reliability(chances, right) == ((pytest.approx(0.21), 0.5, 2), (0.95, 1.0, 1))
    assert calibration_error(chances, right) == pytest.approx((2 * 0.29 + 0.05) / 3)
    assert calibration_error(np.zeros(0), np.zeros(0, dtype=bool)) == 0.0


def test_detection_by_hand():
    """Of new .9 and .4 against old .8 .3 .2 .1: .9 beats 4, .4 beats 3: 7/8. With four old ones no false alarm is a
    tenth, so the bar is .8: one of two."""
    scores = np.array([0.9, 0.4, 0.8, 0.3, 0.2, 0.1])
    new = np.array([True, True, False, False, False, False])
    assert detection(scores, new) == (7 / 8, 0.5)
    assert detection(np.ones(4), np.array([True, True, False, False])) == (0.5, 0.0)


def test_thresholds_give_the_best_f1():
    """From .6 on, 2 of 2 are right and 1 is missed: F1 .8; from .2 on 3 of 4: .86; equal scores go together."""
    scores = np.array([[0.9], [0.6], [0.4], [0.2]])
    assert best_thresholds(scores, np.array([[True], [True], [False], [True]])).tolist() == [0.2]
    assert best_thresholds(scores, np.array([[True], [False], [False], [False]])).tolist() == [0.9]
    assert best_thresholds(np.array([[0.5], [0.5]]), np.array([[False], [True]])).tolist() == [0.5]
    assert best_thresholds(scores, np.zeros((4, 1), dtype=bool)).tolist() == [1.1]


def test_the_baseline_finds_codes_that_their_vectors_tell_apart():
    spans = [span(group, number, "xy"[number % 2]) for group in "abc" for number in range(6)]
    places = exact_places(spans)
    vectors = np.array([[1.0, 0.0] if int(name[1:]) % 20 == 0 else [0.0, 1.0] for name in places], dtype=np.float32)
    learn = plain_logistic(tuple(places), [name[0] for name in places], vectors)
    scores = score_new_group(spans, places, learn, seeds=2)
    assert (scores.recall_at_1, scores.macro_f1, scores.seeds) == (1.0, 1.0, 2)
    assert scores == score_new_group(spans, places, learn, seeds=2)


def test_nothing_coded_scores_zero_and_does_not_fail():
    assert score_new_group((), {}, always((), (), {})).folds == 0


def test_a_fold_from_which_nothing_can_be_learnt_scores_zero():
    """All coded talk that any segment touches is in the one group that is held out."""
    spans = [span("a", 0, "x"), span("a", 1, "y"), span("b", 7, "x")]
    places = exact_places(spans[:2]) | {"b0": ("b", 0, 10)}
    plain = plain_logistic(tuple(places), [name[0] for name in places], np.eye(3, dtype=np.float32))

    def nothing(lesson):
        asked = tuple(name for name, (group, _, _) in places.items() if group in lesson.held_out)
        return Predicted((), asked, np.zeros((len(asked), 0)), np.ones(len(asked)), (), np.zeros((0, 0)))

    for learn in (plain, nothing):
        scores = score_new_group(spans, places, learn)
        assert (scores.recall_at_1, scores.recall_at_5, scores.folds) == (0.0, 0.0, 2)
