"""The cost of coding a study, on studies small enough to count every act by hand."""

import numpy as np
import pytest

from pipeline.evaluate.reference import HumanSpan
from pipeline.evaluate.review_effort import one_by_one, review_effort
from pipeline.evaluate.simulated_coder import Coder, Truth
from pipeline.evaluate.simulated_review import PRECISION, Opinion, Review


def study(*codes_of_segments: str) -> Truth:
    """A segment per text, with a code per letter."""
    return Truth(
        tuple(f"s{place}" for place in range(len(codes_of_segments))),
        {f"s{place}": frozenset(codes) for place, codes in enumerate(codes_of_segments)},
    )


def says(truth: Truth, chance: float):
    """A learner that gives every segment what it carries, and nothing else, with that chance."""

    def learn(decided):
        segments = tuple(segment for segment in truth.segments if segment not in decided)
        codes = tuple(sorted({code for given in decided.values() for code in given}))
        rows = [[chance * (code in truth.codes_of[segment]) for code in codes] for segment in segments]
        return Opinion(codes, segments, np.array(rows).reshape(len(segments), len(codes)))

    return learn


def knows_nothing(decided):
    return Opinion((), (), np.zeros((0, 0)))


def after_the_candidates(truth: Truth, *candidates: tuple[str, ...]):
    """(cost, codings) at each moment until the candidates are done."""
    moments = Review(truth.segments, Coder(truth), knows_nothing).run(candidates)
    return [(pytest.approx(moment.cost), set(moment.codings)) for moment in moments[: len(candidates) + 1]]


def test_a_segment_carries_the_codes_of_the_spans_it_touches():
    spans = [HumanSpan("a", 0, 10, ("x",)), HumanSpan("a", 0, 100, ("y",)), HumanSpan("b", 0, 10, ("z",))]
    places = {"one": ("a", 0, 10), "two": ("a", 10, 20), "bare": ("a", 200, 210)}
    truth = Truth.of(spans, places)
    assert truth.codes_of == {"one": {"x", "y"}, "two": {"y"}, "bare": set()}
    assert truth.segments == ("one", "two", "bare")


def test_by_hand_each_segment_is_read_each_code_given_and_each_code_made():
    """Four segments, three applications, two codes."""
    assert study("x", "xy", "", "").by_hand == 4 + 3 + 2


def test_a_candidate_of_one_code_is_read_and_accepted():
    truth = study("x", "x", "x", "y")
    found = after_the_candidates(truth, ("s0", "s1", "s2"))
    assert found == [(0, set()), (2, {("s0", "x"), ("s1", "x"), ("s2", "x")})]


def test_wrong_members_are_dropped_and_labelled():
    """Read 1, accepted 1, the one that does not fit labelled .3."""
    found = after_the_candidates(study("x", "x", "y"), ("s0", "s1", "s2"))
    assert found[-1] == (2.3, {("s0", "x"), ("s1", "x"), ("s2", "y")})


def test_a_candidate_of_two_codes_is_split_and_what_holds_neither_is_left():
    """Read 1, split 2, both parts accepted 1 each."""
    truth = study("x", "x", "y", "y", "z", "w", "v")
    found = after_the_candidates(truth, ("s0", "s1", "s2", "s3", "s4", "s5", "s6"))
    assert found[-1] == (5, {("s0", "x"), ("s1", "x"), ("s2", "y"), ("s3", "y")})


def test_a_candidate_of_many_codes_is_rejected_and_after_three_no_more_is_read():
    truth = study(*"abcdefghijkl")
    mixed = [tuple(f"s{place}" for place in range(start, start + 6)) for start in (0, 6, 0, 6)]
    moments = Review(truth.segments, Coder(truth), knows_nothing).run(mixed)
    assert [moment.cost for moment in moments[:4]] == [0, 2, 4, 6]
    assert moments[-1].cost == pytest.approx(6 + 12 * 0.3, abs=12 * 0.3)  # second looks may come on top


def test_a_code_that_was_not_in_view_costs_more_in_the_strict_bill():
    """Twice .3; strictly x costs 1 as it is given and 1 as it is made, and then nothing, being in view."""
    coder = Coder(study("x", "x"))
    coder.labels("s0")
    coder.labels("s1", in_view=("x",))
    assert (coder.bill.plain, coder.bill.strict) == (pytest.approx(0.6), pytest.approx(2.6))


def test_in_the_order_of_talk_the_first_moment_with_80_percent_counts():
    """100 segments of one code at .3: after 75 it is .75, after 100 all; by hand it costs 201."""
    truth = study(*["x"] * 100)
    scores = review_effort(truth, [], says(truth, 0.0))
    assert scores["cost_by_hand"] == 201
    assert scores["by_hand_in_tool"] == pytest.approx(30 / 201)
    assert [len(moment.codings) for moment in one_by_one(truth, Coder(truth))] == [25, 50, 75, 100]


def test_what_a_good_learner_proposes_need_not_be_labelled():
    """25 of 100 labelled teach both codes; the rest is taken over at once."""
    truth = study(*["x", "y"] * 50)
    scores = review_effort(truth, [], says(truth, 0.95))
    assert scores["ratio"] <= 31 * 0.3 / scores["cost_by_hand"]  # 25, and second looks
    assert scores["ratio"] < scores["by_hand_in_tool"] / 3
    assert scores["auc"] > 0.9


def test_below_the_least_chance_nothing_is_taken_over():
    truth = study(*["x", "y"] * 50)
    moments = Review(truth.segments, Coder(truth), says(truth, 0.29)).run([])
    assert all(len(moment.codings) in {0, 25, 50, 75, 100} for moment in moments)


def test_precision_is_held_by_a_learner_whose_chances_are_right():
    """Two thirds of 300 segments carry x; the learner says "x" of all with just that chance."""
    truth = study(*["x", "x", ""] * 100)

    def learn(decided):
        left = tuple(segment for segment in truth.segments if segment not in decided)
        return Opinion(("x",), left, np.full((len(left), 1), 2 / 3))

    for moment in Review(truth.segments, Coder(truth), learn).run([]):
        right = sum(code in truth.codes_of[segment] for segment, code in moment.codings)
        assert right >= (PRECISION - 0.05) * len(moment.codings)


def test_a_segment_that_people_decided_on_is_never_proposed_anything():
    """The learner is sure of x everywhere, but half of the segments are bare; in the end none of those carries it."""
    truth = study(*["x", ""] * 30)

    def learn(decided):
        return Opinion(("x",), truth.segments, np.ones((60, 1)))

    last = Review(truth.segments, Coder(truth), learn).run([])[-1]
    assert last.codings == {(f"s{place}", "x") for place in range(0, 60, 2)}


def test_wrong_decisions_are_drawn_by_the_seed_and_cost_more():
    truth = study(*["x", "y", "z", "xy"] * 50)
    candidates = [tuple(f"s{place}" for place in range(0, 200, 4))]

    def run(wrong: float, seed: int):
        return Review(truth.segments, Coder(truth, wrong=wrong, seed=seed), says(truth, 0.5), seed=seed).run(
            candidates
        )

    assert run(0.1, 1) == run(0.1, 1)
    assert run(0.1, 1) != run(0.1, 2)
    scores = review_effort(truth, candidates, says(truth, 0.5), seeds=5)
    assert scores["by_hand_in_tool"] <= scores["wrong_10"]["by_hand_in_tool"]
    assert scores["auc"] > scores["wrong_5"]["auc"] > scores["wrong_10"]["auc"]


def test_a_coder_gone_wrong_misses_a_code_or_takes_the_likeliest_other_one():
    truth = study("x", "y", "z", "x")
    coder = Coder(truth, wrong=1.0)
    coder.codes.extend("xyz")
    said = {coder.labels("s0", in_view=("x", "z", "y")) for _ in range(30)}
    assert said == {frozenset(), frozenset("z")}


def test_where_few_codings_stand_all_are_looked_at_twice():
    """A fifth of the talk is coded and a tenth of what is said is wrong: half as many wrong codings as right ones."""
    truth = study(*(["x", "", "y", "", "", "", "", "", "", ""] * 100))
    moments = Review(truth.segments, Coder(truth, wrong=0.1), says(truth, 0.0)).run([])
    right = sum(code in truth.codes_of[segment] for segment, code in moments[-1].codings)
    assert right >= PRECISION * len(moments[-1].codings)
    plain = one_by_one(truth, Coder(truth, wrong=0.1))[-1].codings
    assert sum(code in truth.codes_of[segment] for segment, code in plain) < PRECISION * len(plain)


def test_where_nothing_was_coded_nothing_is_measured():
    assert review_effort(study("", ""), [], knows_nothing) == {}
