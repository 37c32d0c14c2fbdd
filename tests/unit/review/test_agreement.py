"""Agreement keeps missing apart from "no code", knows when it cannot be told, and depends on no order."""

from fractions import Fraction
from itertools import combinations, permutations
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.errors import DecisionRefused
from pipeline.review.agreement.coefficients import ac1, alpha, cohen, fleiss, light, pabak, percent, specific, tally
from pipeline.review.agreement.intervals import interval, resampled
from pipeline.review.agreement.ratings import Ratings
from pipeline.review.agreement.report import LEAST_CARRYING, LEAST_UNITS, agreement
from pipeline.review.agreement.sets import Confusion, masi, masi_alpha, mean_masi

CODERS = ("Ana", "Ben", "Chi")
CODES = ("housing", "phones", "fear")


def coded(*units: tuple[str | None, ...], codes: tuple[str, ...] = CODES) -> Ratings:
    """Units as coders see them: each coder's codes by their first letters, "" for none, None where not coded."""
    by_letter = {code[0]: code for code in codes}
    applied = {
        (f"u{index:03}", coder): frozenset(by_letter[letter] for letter in letters)
        for index, unit in enumerate(units)
        for coder, letters in zip(CODERS, unit, strict=False)
        if letters is not None
    }
    coders = CODERS[: max((len(unit) for unit in units), default=0)]
    return Ratings(tuple(f"u{index:03}" for index in range(len(units))), coders, codes, applied)


def some_ratings(seed: int, units: int = 40, coders: int = 3, missing: float = 0.2) -> Ratings:
    """Coders who mostly agree, with gaps."""
    rng = np.random.default_rng(seed)
    truth = rng.random((units, len(CODES))) < 0.35
    applied = {}
    for coder in CODERS[:coders]:
        seen = np.where(rng.random(truth.shape) < 0.15, ~truth, truth)
        for unit in np.flatnonzero(rng.random(units) >= missing):
            applied[f"u{unit:03}", coder] = frozenset(code for code, on in zip(CODES, seen[unit], strict=True) if on)
    return Ratings(tuple(f"u{unit:03}" for unit in range(units)), CODERS[:coders], CODES, applied)


binary_matrices = st.integers(2, 4).flatmap(
    lambda coders: st.lists(
        st.lists(st.sampled_from([0.0, 1.0, np.nan]), min_size=coders, max_size=coders), min_size=1, max_size=12
    ).map(lambda units: np.array(units).T)
)


# What the coefficients mean, worked exactly from their definitions


def units_of(matrix):
    return [[int(mark) for mark in unit if not np.isnan(mark)] for unit in matrix.T]


def exact_alpha(units, distance=lambda one, other: Fraction(one != other)):
    """Krippendorff's alpha from every pair of values: within units against among all that can be paired."""
    paired = [unit for unit in units if len(unit) > 1]
    values = [value for unit in paired for value in unit]
    total = len(values)
    within = sum(
        sum((distance(one, other) for one, other in permutations(unit, 2)), Fraction(0)) / (len(unit) - 1)
        for unit in paired
    )
    among = sum((distance(one, other) for one, other in permutations(values, 2)), Fraction(0))
    return None if not among else 1 - (within / total) / (among / (total * (total - 1)))


def exact_percent(units):
    shares = [
        Fraction(sum(one == other for one, other in combinations(unit, 2)), len(list(combinations(unit, 2))))
        for unit in units
        if len(unit) > 1
    ]
    return sum(shares, Fraction(0)) / len(shares) if shares else None


def exact_chance_corrected(units, chance):
    """(observed - chance) / (1 - chance), chance from the mean share of ones over all rated units."""
    observed, rated = exact_percent(units), [unit for unit in units if unit]
    if observed is None:
        return None
    share = sum((Fraction(sum(unit), len(unit)) for unit in rated), Fraction(0)) / len(rated)
    expected = chance(share)
    return None if expected == 1 else (observed - expected) / (1 - expected)


def exact_cohen(first, second):
    both = [(int(one), int(other)) for one, other in zip(first, second, strict=True) if not np.isnan(one + other)]
    if not both:
        return None
    ones = [Fraction(sum(pair[side] for pair in both), len(both)) for side in (0, 1)]
    observed = Fraction(sum(one == other for one, other in both), len(both))
    expected = ones[0] * ones[1] + (1 - ones[0]) * (1 - ones[1])
    return None if expected == 1 else (observed - expected) / (1 - expected)


def same(found, exact):
    return found is None if exact is None else found == pytest.approx(float(exact), abs=1e-12)


@given(binary_matrices)
@settings(max_examples=150, deadline=None)
def test_coefficients_equal_their_definitions_in_exact_fractions(matrix):
    """For any coders, units and gaps: the fast figures are the slow ones, undefined where those are."""
    rated, units = tally(matrix), units_of(matrix)
    assert same(percent(rated).value, exact_percent(units))
    assert same(pabak(rated).value, exact_chance_corrected(units, lambda share: Fraction(1, 2)))
    assert same(ac1(rated).value, exact_chance_corrected(units, lambda share: 2 * share * (1 - share)))
    assert same(fleiss(rated).value, exact_chance_corrected(units, lambda share: share**2 + (1 - share) ** 2))
    assert same(alpha(rated).value, exact_alpha(units))
    pairs = [exact_cohen(one, other) for one, other in combinations(matrix, 2)]
    assert same(cohen(rated).value, pairs[0])
    defined = [kappa for kappa in pairs if kappa is not None]
    assert same(light(rated).value, sum(defined, Fraction(0)) / len(defined) if defined else None)


@pytest.mark.parametrize("seed", range(5))
def test_masi_alpha_equals_its_definition(seed):
    """Alpha over sets is alpha from every pair of sets, with MASI distance, gaps left out."""
    ratings = some_ratings(seed, units=15)
    units = [[chosen for _, chosen in ratings.sets(unit)] for unit in ratings.units]
    assert masi_alpha(ratings).value == pytest.approx(float(exact_alpha(units, lambda a, b: Fraction(masi(a, b)))))


def test_masi_alpha_by_hand():
    """Two coders, three segments: {h}/{h}, {h}/{h, p}, {}/{p}.

    Distances: 0, 1 - 1/2 * 2/3 = 2/3, 1; observed (0 + 2/3 + 1) / 3 = 5/9. The six sets are {h} three times, {h, p},
    {} and {p}; among their 15 pairs {h}-{h, p} is 2/3 apart (three pairs), {h, p}-{p} 2/3, the three {h}-{h} pairs 0
    and the other eight 1: expected (3 * 2/3 + 2/3 + 8) / 15 = 32/45. Alpha is 1 - (5/9) / (32/45) = 7/32.
    """
    assert masi_alpha(coded(("h", "h"), ("h", "hp"), ("", "p"))).value == pytest.approx(7 / 32)


def test_two_empty_sets_agree_and_an_empty_one_shares_nothing():
    """Both coders looked and applied no code: that is agreement; one who applied something disagrees wholly."""
    assert masi(frozenset(), frozenset()) == 0
    assert masi(frozenset(), frozenset("a")) == 1
    assert mean_masi([frozenset("a")]) == 0


# Missing is not "no"


def test_a_unit_that_a_coder_has_not_coded_counts_nowhere():
    """Adding segments that only one coder coded changes no figure."""
    ratings = some_ratings(3)
    alone = {("lonely", "Ana"): frozenset(CODES), ("alone", "Ben"): frozenset[str]()}
    more = Ratings((*ratings.units, "lonely", "alone"), ratings.coders, CODES, {**ratings.applied, **alone})
    assert agreement(more, 1) == agreement(ratings, 1)


def test_missing_is_told_from_no_code():
    """Ben, who has not coded the segments that Ana coded "housing", does not disagree with her."""
    apart = [("h", "h", None)] * 12 + [("", "", None)] * 12 + [("h", None, "h")] * 12
    assert agreement(coded(*apart), 1).codes[0].kappa.value == 1
    as_if_no = [tuple("" if one is None else one for one in unit) for unit in apart]
    assert agreement(coded(*as_if_no), 1).codes[0].kappa.value < 0.5


def test_the_reliability_matrix_of_a_code():
    """Coders down, segments across; a gap is nan."""
    matrix = coded(("h", "", None), ("hp", None, "h")).binary("housing")
    np.testing.assert_array_equal(matrix, [[1, 1], [0, np.nan], [np.nan, 1]])


# Order and identity


def shuffled(ratings: Ratings, seed: int) -> Ratings:
    rng = np.random.default_rng(seed)
    return Ratings(
        tuple(rng.permutation(ratings.units).tolist()),
        tuple(rng.permutation(ratings.coders).tolist()),
        ratings.codes,
        dict(reversed(ratings.applied.items())),
    )


@pytest.mark.parametrize("seed", range(4))
def test_neither_the_order_of_coders_nor_of_units_matters(seed):
    """Every figure and interval is the same to the last bit; only ties among splits follow the order given."""
    ratings = some_ratings(seed)
    first, again = agreement(ratings, 7), agreement(shuffled(ratings, seed), 7)
    assert (first.codes, first.overall) == (again.codes, again.overall)
    assert [one.distance for one in first.splits] == pytest.approx([one.distance for one in again.splits])
    assert [(one.first, one.second, one.times) for one in first.confusion] == [
        (one.first, one.second, one.times) for one in again.confusion
    ]


def test_the_same_seed_gives_the_same_report_and_another_seed_other_intervals():
    ratings = some_ratings(1)
    assert agreement(ratings, 7) == agreement(ratings, 7)
    assert agreement(ratings, 7).overall != agreement(ratings, 8).overall


@given(st.integers(2, 3), st.lists(st.sampled_from(["", "h", "p", "hp", "hpf"]), min_size=20, max_size=40))
@settings(max_examples=25, deadline=None)
def test_coders_who_agree_everywhere_score_one(coders, units):
    """Alike on every segment: every figure that can be told is 1, and nothing is confused or divides."""
    report = agreement(coded(*[(letters,) * coders for letters in units]), 1, resamples=200)
    for code in report.codes:
        told = [code.percent, code.kappa, code.pabak, code.ac1, code.alpha, code.positive, code.negative]
        assert all(figure.value == pytest.approx(1) for figure in told if figure)
        assert all(figure.low < 1 == figure.high for figure in told if figure)
    assert report.overall.alpha is None or report.overall.alpha.value == 1
    assert (report.confusion, report.splits) == ((), ())


def test_a_whole_team_is_reported_at_once():
    """Three coders, 200 segments, 40 codes and 1,000 resamples take well under two seconds (0.25 on two cores)."""
    rng = np.random.default_rng(1)
    codes = tuple(f"c{number}" for number in range(40))
    units = tuple(f"u{unit}" for unit in range(200))
    applied = {
        (unit, coder): frozenset(code for code in codes if rng.random() < 0.06) for unit in units for coder in CODERS
    }
    start = perf_counter()
    assert agreement(Ratings(units, CODERS, codes, applied), 1, 1000).n == 200
    assert perf_counter() - start < 2


# What cannot be told


@pytest.mark.parametrize(
    ("marks", "why"),
    [
        ([], "Not assessable: no segment was coded by two coders or more; 20 are needed."),
        ([("h", None)] * 30, "Not assessable: no segment was coded by two coders or more; 20 are needed."),
        ([("h", "h")], "Not assessable: only 1 segment was coded by two coders or more; 20 are needed."),
        ([("h", "h")] * 12, "Not assessable: only 12 segments were coded by two coders or more; 20 are needed."),
        ([("", "")] * 40, "Not assessable: no segment carries it among 40; 7 are needed."),
        ([("", "")] * 39 + [("h", "")], "Not assessable: only 1 segment carries it among 40; 7 are needed."),
        ([("", "")] * 37 + [("h", "h")] * 3, "Not assessable: only 3 segments carry it among 40; 7 are needed."),
        (
            [("h", "h")] * 38 + [("", "h")] * 2,
            "Not assessable: only 2 segments are without it among 40; 7 are needed.",
        ),
    ],
)
def test_a_code_with_too_little_behind_it_says_so(marks, why):
    """The sentence names what there is and what is needed; only the percentage stays."""
    code = agreement(coded(*marks), 1).codes[0]
    assert (code.assessable, code.why) == (False, why)
    assert (code.kappa, code.pabak, code.ac1, code.alpha, code.positive) == (None,) * 5


def test_just_enough_is_assessed():
    marks = [("h", "h")] * LEAST_CARRYING + [("", "")] * (LEAST_UNITS - LEAST_CARRYING)
    code = agreement(coded(*marks), 1).codes[0]
    assert (code.assessable, code.why, code.n, code.positives) == (True, "", LEAST_UNITS, LEAST_CARRYING)


@pytest.mark.parametrize("coefficient", [cohen, fleiss, light, alpha])
def test_without_variation_a_coefficient_is_undefined(coefficient):
    """Coders who never differ and never vary: nothing shows that they could tell segments apart."""
    assert coefficient(tally(np.zeros((3, 10)))).value is None


@pytest.mark.parametrize("coefficient", [percent, pabak, ac1, fleiss, cohen, light, alpha])
def test_without_two_ratings_on_a_unit_nothing_is_defined(coefficient):
    assert coefficient(tally(np.array([[1.0, np.nan], [np.nan, 0.0]]))).value is None
    assert coefficient(tally(np.full((2, 3), np.nan))).value is None


def test_specific_agreement_is_undefined_for_a_category_never_given():
    assert specific(tally(np.zeros((2, 10))), 1).value is None


def test_the_same_codes_on_every_segment_leave_the_whole_untold():
    overall = agreement(coded(*[("h", "h")] * 30), 1).overall
    assert overall.alpha is None
    assert overall.why.startswith("Not assessable: all coders applied the same codes to every segment")


def test_an_interval_that_most_resamples_cannot_tell_is_left_out():
    """One divided segment among many alike: in a third of resamples it does not occur, and alpha is undefined."""
    rated = tally(np.array([[0.0] * 29 + [1.0], [0.0] * 30]))
    assert interval(alpha(rated), resampled(rated.counts, seed=1, resamples=500)) is None


def test_full_agreement_is_not_certainty():
    """On 30 segments alike, as many as 1 - 0.025 ** (1/30) = 11.6% might still divide coders."""
    marks = [("h", "h")] * 15 + [("", "")] * 15
    code = agreement(coded(*marks), 1).codes[0]
    assert (code.percent.value, code.percent.high) == (1, 1)
    assert code.percent.low == pytest.approx(0.025 ** (1 / 30))
    assert code.kappa.low == pytest.approx(1 - (1 - 0.025 ** (1 / 30)) / 0.5)


# The report


def test_two_coders_get_cohens_kappa_and_no_pairs():
    code = agreement(some_ratings(2, coders=2, missing=0), 1).codes[0]
    assert (code.kappa_name, code.pairs) == ("Cohen", ())


def test_three_coders_get_fleiss_kappa_where_complete_and_each_pairs_own():
    ratings = some_ratings(2, missing=0)
    code = agreement(ratings, 1).codes[0]
    assert code.kappa_name == "Fleiss"
    assert [(pair.first, pair.second, pair.n) for pair in code.pairs] == [
        ("Ana", "Ben", 40),
        ("Ana", "Chi", 40),
        ("Ben", "Chi", 40),
    ]
    matrix = ratings.binary("housing")
    assert code.pairs[1].kappa.value == pytest.approx(float(exact_cohen(matrix[0], matrix[2])))


def test_three_coders_with_gaps_get_the_mean_of_the_pairs():
    code = agreement(some_ratings(2, units=80), 1).codes[0]
    assert code.kappa_name == "mean Cohen"
    assert code.kappa.value == pytest.approx(np.mean([pair.kappa.value for pair in code.pairs]))


def test_a_coder_who_coded_nothing_shared_is_left_out():
    """Chi coded only what nobody else did: Ana and Ben are compared as two."""
    ratings = coded(*[("h", "h", None)] * 15 + [("", "", None)] * 15 + [(None, None, "h")] * 5)
    code = agreement(ratings, 1).codes[0]
    assert (code.kappa_name, code.n, code.pairs) == ("Cohen", 30, ())


def test_prevalence_is_the_share_of_coders_averaged_over_segments():
    marks = [("h", "h"), ("h", ""), ("", "")] * 10
    code = agreement(coded(*marks), 1).codes[0]
    assert (code.n, code.positives, code.prevalence) == (30, 20, pytest.approx(0.5))


def test_codes_chosen_in_each_others_place_most_often_first():
    """Where both share a code it is not confused; each pair of coders counts."""
    report = agreement(coded(("h", "p", "h"), ("h", "f", "f"), ("hp", "p", None), ("hp", "hf", None)), 1)
    assert report.confusion == (
        Confusion("housing", "phones", 2, ("u000",)),
        Confusion("housing", "fear", 2, ("u001",)),
        Confusion("phones", "fear", 1, ("u003",)),
    )


def test_what_divides_the_team_most_divided_first():
    """With each coder's set; a segment on which all agree, or that one coder coded, divides nobody."""
    report = agreement(coded(("h", "h", "h"), ("h", "hp", "h"), ("h", "p", "f"), (None, "h", None)), 1)
    assert [(one.unit, one.distance) for one in report.splits] == [
        ("u002", 1),
        ("u001", pytest.approx((2 / 3 + 0 + 2 / 3) / 3)),
    ]
    assert report.splits[1].chosen == (
        ("Ana", frozenset({"housing"})),
        ("Ben", frozenset({"housing", "phones"})),
        ("Chi", frozenset({"housing"})),
    )


def test_ratings_that_name_what_is_not_listed_are_refused():
    with pytest.raises(DecisionRefused, match="names the coder Dan, which is not listed"):
        Ratings(("u",), ("Ana",), CODES, {("u", "Dan"): frozenset()})
    with pytest.raises(DecisionRefused, match="names the segment v"):
        Ratings(("u",), ("Ana",), CODES, {("v", "Ana"): frozenset()})
    with pytest.raises(DecisionRefused, match="names the code x"):
        Ratings(("u",), ("Ana",), CODES, {("u", "Ana"): frozenset({"x"})})
    with pytest.raises(DecisionRefused, match="The coder Ana is listed twice"):
        Ratings(("u",), ("Ana", "Ana"), CODES, {})


@pytest.mark.parametrize(("resamples", "level"), [(10, 0.95), (1000, 0.0), (1000, 1.0), (1000, 95)])
def test_an_interval_that_makes_no_sense_is_refused(resamples, level):
    with pytest.raises(DecisionRefused, match=r"Ask for 200|between 0 and 1"):
        agreement(coded(), 1, resamples, level)
