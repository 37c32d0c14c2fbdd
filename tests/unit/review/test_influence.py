"""How much a suggestion changes what coders do, held against Newcombe's published intervals and a simulated truth."""

import random

import pytest

from pipeline.domain.codebook import Code, Codebook, Coding
from pipeline.domain.suggestion import ProposedCoding
from pipeline.review.influence import FEWEST, Arm, difference_interval, influence, is_control

CODE = Code("c-1", "waiting")


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        (Arm(56, 70), Arm(48, 80), 0.0524, 0.3339),
        (Arm(9, 10), Arm(3, 10), 0.1705, 0.8090),
        (Arm(10, 10), Arm(0, 20), 0.6791, 1.0000),
    ],
)
def test_intervals_of_newcombe_1998(one: Arm, other: Arm, low: float, high: float):
    """Newcombe (1998), table II, method 10, examples (a), (b) and (g)."""
    found = difference_interval(one, other)
    assert found == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_the_lot_falls_on_its_share_and_always_the_same():
    segments = [f"t:{number}-{number + 9}" for number in range(20_000)]
    drawn = [item for item in segments if is_control("made", item, 0.1)]
    assert len(drawn) / len(segments) == pytest.approx(0.1, abs=0.01)
    assert [item for item in reversed(segments) if is_control("made", item, 0.1)] == drawn[::-1]
    assert not any(is_control("made", item, 0.0) for item in segments)
    assert {is_control("made", item, 0.5) for item in segments} == {True, False}


def simulated(shown: float, control: float, count: int, seed: int):
    """Coders who give a proposed code with chance `shown` where they see it, `control` where they do not."""
    draw, codings, committed, removed, proposed = random.Random(seed), {}, {}, set(), []
    for number in range(count):
        segment = f"t:{number}-{number + 9}"
        drawn = is_control("made", segment, 0.3)
        proposed.append(ProposedCoding(segment, CODE.id, 0.5))
        given = draw.random() < (control if drawn else shown)
        if given:
            codings[segment, CODE.id] = Coding(segment, CODE.id, "ana", number)
        if drawn:
            committed[segment] = number
        elif not given:
            removed.add((segment, CODE.id))
    return proposed, Codebook(codes={CODE.id: CODE}, codings=codings, removed=removed, committed=committed)


def test_the_interval_covers_the_simulated_truth_at_its_nominal_rate():
    """300 studies in which seeing the proposal adds .15 to a chance of .55: 95% of intervals hold it, or nearly."""
    inside = 0
    for seed in range(300):
        found = influence("made", *simulated(0.70, 0.55, 300, seed), 0.3)
        inside += found.low <= 0.15 <= found.high
    assert 0.92 <= inside / 300 <= 0.98


def test_what_nobody_answered_does_not_count():
    proposed, book = simulated(0.7, 0.5, 100, 1)
    extra = [ProposedCoding(f"u:{number}-{number + 9}", CODE.id, 0.4) for number in range(50)]
    assert influence("made", [*proposed, *extra], book, 0.3) == influence("made", proposed, book, 0.3)


def test_a_proposal_on_a_control_segment_counts_only_once_it_is_coded_whole():
    proposed, book = simulated(0.7, 0.5, 100, 1)
    open_ones = Codebook(codes=book.codes, codings=book.codings, removed=book.removed)
    assert influence("made", proposed, open_ones, 0.3).control.asked == 0


def test_too_few_answers_are_not_assessable():
    found = influence("made", *simulated(0.7, 0.5, FEWEST, 1), 0.3)
    assert found.difference is None
    assert found.sentence.startswith("Not assessable")


def test_the_sentence_says_how_much_and_from_how_many():
    found = influence("made", *simulated(0.9, 0.3, 200, 2), 0.3)
    assert "oftener where coders see the proposal" in found.sentence
    assert f"{found.shown.taken} of {found.shown.asked} seen" in found.sentence
