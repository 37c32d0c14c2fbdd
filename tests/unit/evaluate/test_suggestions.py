"""Scores of suggestions against human codes, on examples small enough to count by hand."""

import pytest

from pipeline.domain.suggestion import Suggestion, SuggestionSet
from pipeline.evaluate.reference import HumanSpan
from pipeline.evaluate.suggestions import contacts, score_suggestions


def suggestion(*segments: str) -> Suggestion:
    return Suggestion("s-" + "".join(segments), "", (), segments, (), (), 1.0)


def spans(**codes: str) -> tuple[HumanSpan, ...]:
    """One span of ten characters per letter, in the order of the alphabet, with the codes given."""
    return tuple(
        HumanSpan("g", 10 * place, 10 * place + 10, tuple(given.split()))
        for place, given in enumerate(codes.values())
    )


def exact_places(letters: str) -> dict[str, tuple[str, int, int]]:
    return {letter: ("g", 10 * place, 10 * place + 10) for place, letter in enumerate(letters)}


@pytest.mark.parametrize(
    ("segment", "touches"),
    [
        (("g", 0, 5), True),  # wholly inside the span
        (("g", 95, 105), True),  # half of the segment inside
        (("g", 96, 107), False),  # less than half of either
        (("g", 50, 400), True),  # covers half of the span
        (("g", 51, 400), False),
        (("other", 0, 100), None),
        (("g", 100, 120), None),  # ends are exclusive
    ],
)
def test_a_segment_touches_a_span_when_half_of_either_is_shared(segment, touches):
    found = contacts([HumanSpan("g", 0, 100, ("a",))], {"s": segment})
    assert [meeting.touches for meeting in found] == ([] if touches is None else [touches])


def test_coverage_counts_codes_met_by_one_suggestion():
    """Code x is on a b c, code y on d e f. Suggestion 1 touches a b c d: F1 with x is 6/7. Suggestion 2 touches e
    of d e f: F1 with y is 2/4. Code z is on one span only and is no target."""
    human = spans(a="x", b="x", c="x", d="y", e="y", f="y z")
    found = SuggestionSet((suggestion("a", "b", "c", "d"), suggestion("e")), unclear=("f",))
    scores = score_suggestions(human, exact_places("abcdef"), found)
    assert (scores.n, scores.codes) == (2, 2)
    assert (scores.coverage_f30, scores.coverage_f50) == (1.0, 1.0)
    assert scores.unclear_share == pytest.approx(1 / 6)


def test_a_weak_match_counts_only_for_the_lower_bar():
    """Code x is on a b c; the one suggestion touches a d e f: F1 = 2/7 = .29. With one more hit it is 4/7 = .57."""
    human = spans(a="x", b="x", c="x", d="y", e="y", f="y")
    places = exact_places("abcdef")
    weak = score_suggestions(human, places, SuggestionSet((suggestion("a", "d"),), ()))
    assert (weak.coverage_f30, weak.coverage_f50) == (1.0, 0.0)
    none = score_suggestions(human, places, SuggestionSet((), tuple("abcdef")))
    assert (none.coverage_f30, none.unclear_share, none.n) == (0.0, 1.0, 0)


def test_agreement_is_whole_when_suggestions_are_the_codes():
    human = spans(a="x", b="x", c="y", d="y")
    found = SuggestionSet((suggestion("a", "b"), suggestion("c", "d")), ())
    assert score_suggestions(human, exact_places("abcd"), found).ami == pytest.approx(1.0)


def test_spans_that_no_segment_touches_are_missed_and_count_against_the_code():
    """x is on a b c but only a is touched: F1 = 2/4."""
    human = spans(a="x", b="x", c="x")
    scores = score_suggestions(human, {"a": ("g", 0, 10)}, SuggestionSet((suggestion("a"),), ()))
    assert (scores.missed_spans, scores.coverage_f50) == (2, 1.0)


def test_nothing_coded_scores_zero_and_does_not_fail():
    scores = score_suggestions((), {}, SuggestionSet((), ()))
    assert (scores.codes, scores.coverage_f30, scores.ami, scores.unclear_share) == (0, 0.0, 0.0, 0.0)


def test_a_coder_takes_a_suggestion_where_one_code_holds_half():
    """Of three suggestions: a b c are all x; d e are y and z, half each; f alone is no pattern. Two of three."""
    human = spans(a="x", b="x", c="x", d="y", e="z", f="z")
    found = SuggestionSet((suggestion("a", "b", "c"), suggestion("d", "e"), suggestion("f")), ())
    assert score_suggestions(human, exact_places("abcdef"), found).approvable_share == pytest.approx(2 / 3)


def test_a_second_suggestion_for_a_code_that_a_larger_meets_better_is_not_taken():
    """Both are pure x, of three and of two spans: F1 6/8 and 4/7. The larger is the one to take."""
    human = spans(a="x", b="x", c="x", d="x", e="x")
    found = SuggestionSet((suggestion("a", "b", "c"), suggestion("d", "e")), ())
    assert score_suggestions(human, exact_places("abcde"), found).approvable_share == pytest.approx(1 / 2)


def test_a_smaller_suggestion_that_meets_the_code_better_is_taken():
    """x is on a b. The larger touches a c d e (F1 2/6) and holds no code half; the smaller touches b f
    (F1 2/4) and x holds half of it."""
    human = spans(a="x", b="x", c="y", d="z", e="w", f="v")
    found = SuggestionSet((suggestion("a", "c", "d", "e"), suggestion("b", "f")), ())
    assert score_suggestions(human, exact_places("abcdef"), found).approvable_share == pytest.approx(1 / 2)
