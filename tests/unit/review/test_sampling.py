"""A draw for several coders is fair to what nobody suggested and the same for whoever draws it again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.errors import DecisionRefused
from pipeline.review.sampling import draw

SEGMENTS = tuple(f"aaaaaaaaaaaa:{start}-{start + 10}" for start in range(0, 2000, 10))
SUGGESTED = frozenset(SEGMENTS[:150])


def untaken(drawn: tuple[str, ...]) -> int:
    return sum(segment not in SUGGESTED for segment in drawn)


def test_the_draw_is_the_same_for_a_seed_whatever_the_order():
    drawn = draw(SEGMENTS, SUGGESTED, share=0.2, seed=7)
    assert draw(tuple(reversed(SEGMENTS)), sorted(SUGGESTED), share=0.2, seed=7) == drawn
    assert draw((*SEGMENTS, *SEGMENTS), SUGGESTED, share=0.2, seed=7) == drawn
    assert draw(SEGMENTS, SUGGESTED, share=0.2, seed=8) != drawn


def test_segments_that_nobody_suggested_come_in_proportion():
    """A quarter of the study's segments was never suggested; so is a quarter of the draw."""
    drawn = draw(SEGMENTS, SUGGESTED, share=0.2, seed=7)
    assert (len(drawn), untaken(drawn), len(set(drawn))) == (40, 10, 40)


@given(st.integers(1, 40), st.integers(0, 40), st.floats(0.01, 1.0), st.integers(0, 5))
@settings(max_examples=200, deadline=None)
def test_both_kinds_are_drawn_where_there_are_both(known, taken, share, least):
    """At least one that nobody suggested where any exist, and one suggested as soon as two are drawn."""
    segments, suggested = SEGMENTS[:known], set(SEGMENTS[: min(taken, known)])
    drawn = draw(segments, suggested, share=share, seed=3, least=least)
    assert max(1, min(least, known)) <= len(drawn) <= known
    assert set(drawn) <= set(segments)
    assert len(suggested) == known or any(segment not in suggested for segment in drawn)
    assert len(drawn) == 1 or not suggested or any(segment in suggested for segment in drawn)


@given(st.integers(0, 60), st.integers(1, 59))
@settings(max_examples=60, deadline=None)
def test_a_larger_draw_holds_the_smaller(taken, size):
    """Who asks for more later keeps what is coded."""
    segments, suggested = SEGMENTS[:60], SEGMENTS[:taken]
    smaller = draw(segments, suggested, share=0, seed=3, least=size)
    assert set(smaller) < set(draw(segments, suggested, share=0, seed=3, least=size + 1))


def test_a_share_is_rounded_up_and_least_wins_where_it_is_more():
    assert len(draw(SEGMENTS[:101], (), share=0.1, seed=1)) == 11
    assert len(draw(SEGMENTS[:100], (), share=0.07, seed=1)) == 7
    assert len(draw(SEGMENTS[:100], (), share=0.07, seed=1, least=30)) == 30
    assert len(draw(SEGMENTS[:10], (), share=0.07, seed=1, least=30)) == 10


def test_suggestions_on_segments_that_are_gone_do_not_count():
    assert draw(("a", "b"), ("gone",), share=1, seed=1) == ("a", "b")


@pytest.mark.parametrize("kind", ["taken", "untaken"])
def test_every_segment_of_a_kind_is_as_likely(kind):
    """Over 400 seeds each of ten is drawn about half the time: 200, give or take four standard errors."""
    segments = SEGMENTS[:10]
    suggested = segments if kind == "taken" else ()
    times = dict.fromkeys(segments, 0)
    for seed in range(400):
        for segment in draw(segments, suggested, share=0.5, seed=seed):
            times[segment] += 1
    assert all(160 <= n <= 240 for n in times.values())


@pytest.mark.parametrize(
    ("segments", "share", "least", "why"),
    [
        ((), 0.2, 0, "no segments to draw from"),
        (("a",), -0.1, 0, "between 0 and 1"),
        (("a",), 20, 0, "between 0 and 1"),
        (("a",), float("nan"), 0, "between 0 and 1"),
        (("a",), 0.2, -1, "Ask for 0 or more"),
        (("a",), 0, 0, "draws no segment"),
    ],
)
def test_a_draw_of_nothing_is_refused_with_its_mend(segments, share, least, why):
    with pytest.raises(DecisionRefused, match=why):
        draw(segments, (), share=share, seed=1, least=least)
