"""Agreement coefficients equal the figures that others published for the same ratings, to three decimals."""

import numpy as np
import pytest

from pipeline.review.agreement.coefficients import (
    Coefficient,
    Tally,
    ac1,
    alpha,
    cohen,
    fleiss,
    light,
    pabak,
    percent,
    specific,
    tally,
)
from pipeline.review.agreement.ratings import Floats
from pipeline.review.agreement.sets import masi


def rows(*coders: str) -> Floats:
    """A reliability matrix, a line per coder: a digit for each unit's category, a dot where the rating is missing."""
    return np.array([[np.nan if mark == "." else float(mark) for mark in coder] for coder in coders])


def crossed(*table: tuple[int, ...]) -> Tally:
    """Two coders' ratings from the table that crosses them, the first coder's categories down, the other's across."""
    given = [(down, across) for down, line in enumerate(table) for across, n in enumerate(line) for _ in range(n)]
    return tally(np.array(given, dtype=float).T, len(table))


def counted(*units: str) -> Floats:
    """A reliability matrix from how many coders gave each category to each unit, coders sorted by category."""
    return np.array([[kind for kind, n in enumerate(unit) for _ in range(int(n))] for unit in units], dtype=float).T


def rounded(coefficient: Coefficient, places: int = 3) -> float:
    assert coefficient.value is not None
    return round(coefficient.value, places)


FOUR_CODERS = rows("012210301...", "0122113014..", ".22212311402", "01221330140.")
"""Krippendorff's four observers with gaps, as Gwet (2014, page 120) has them; categories 1 to 5 are 0 to 4 here."""

DIAGNOSES = counted(
    *("00060", "03003", "01401", "00006", "03030", "20400", "00402", "20310", "20040", "00006"),
    *("10050", "11040", "03300", "10050", "02031", "00501", "30012", "51000", "02040", "10203"),
    *("00006", "01050", "02013", "20040", "10041", "05010", "40002", "02040", "10500", "00006"),
)
"""Fleiss (1971): 30 patients, 6 psychiatrists each: depression, personality, schizophrenia, neurosis, other."""


def test_cohen_two_clinicians_three_diagnoses():
    """Cohen (1960), table 2, page 45: kappa .492 for 200 patients."""
    assert rounded(cohen(crossed((88, 14, 18), (10, 40, 10), (2, 6, 12)))) == 0.492


def test_krippendorff_two_observers_binary():
    """Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, example A (Meg and Owen): .095."""
    assert rounded(alpha(tally(rows("0100000010", "1110010000")))) == 0.095


def test_krippendorff_two_observers_nominal():
    """Krippendorff (2011), example B (Ben and Gerry), five categories a to e: .692."""
    ben, gerry = "aabbdcccedda", "babbbccceddd"
    letters = str.maketrans("abcde", "01234")
    assert rounded(alpha(tally(rows(ben.translate(letters), gerry.translate(letters)), 5))) == 0.692


def test_krippendorff_four_observers_with_missing_data():
    """Krippendorff (2011), example C, any number of observers, missing data, nominal: .743."""
    assert rounded(alpha(tally(FOUR_CODERS, 5))) == 0.743


def test_gwet_four_coders_with_missing_data():
    """Gwet (2014), Handbook, page 120, worked by his irrCAC: .818, AC1 .775, Brennan-Prediger .773, Fleiss .761.

    A unit with one rating counts in how common each category is and nowhere else.
    """
    rated = tally(FOUR_CODERS, 5)
    assert [rounded(one(rated)) for one in (percent, ac1, pabak, fleiss, alpha)] == [
        0.818,
        0.775,
        0.773,
        0.761,
        0.743,
    ]


def test_gwet_five_observers_with_missing_data():
    """Gwet (2014), Handbook, from page 125, worked by irrCAC: alpha .481, AC1 .497."""
    observers = rows("112.001122.0131", "1130000.2110231", "203000222100221", ".13....0.10022.", "2..0001.2....31")
    rated = tally(observers, 4)
    assert (rounded(alpha(rated)), rounded(ac1(rated))) == (0.481, 0.497)


def test_gwet_two_abstractors_three_kinds_of_pregnancy():
    """Gwet (2014), worked by irrCAC: .890, kappa .796, Scott .796, AC1 .849, Brennan-Prediger .835, alpha .797."""
    rated = crossed((13, 0, 0), (0, 20, 7), (0, 4, 56))
    found = [rounded(one(rated)) for one in (percent, cohen, fleiss, ac1, pabak, alpha)]
    assert found == [0.89, 0.796, 0.796, 0.849, 0.835, 0.797]


def test_gwet_six_psychiatrists_fifteen_patients():
    """Half of Fleiss' patients in Gwet's irrCAC: .551, Fleiss .414, AC1 .445, Brennan-Prediger .439, alpha .420."""
    rated = tally(DIAGNOSES[:, :15], 5)
    found = [rounded(one(rated)) for one in (percent, fleiss, ac1, pabak, alpha)]
    assert found == [0.551, 0.414, 0.445, 0.439, 0.42]


def test_fleiss_six_psychiatrists_thirty_patients():
    """Fleiss (1971): kappa .430 over all five diagnoses."""
    assert rounded(fleiss(tally(DIAGNOSES, 5))) == 0.43


@pytest.mark.parametrize(("diagnosis", "published"), enumerate((0.245, 0.245, 0.52, 0.471, 0.566)))
def test_fleiss_one_diagnosis_against_the_rest(diagnosis, published):
    """Fleiss (1971): each diagnosis by itself, as our codes are; the figures that R's irr prints for his data."""
    assert rounded(fleiss(tally((diagnosis == DIAGNOSES).astype(float)))) == published


def test_light_mean_of_all_pairs():
    """Light's kappa of the same ratings, coders in the order of R's irr, whose `kappam.light` prints .459."""
    assert rounded(light(tally(DIAGNOSES, 5))) == 0.459


@pytest.mark.parametrize(("table", "kappa"), [(((40, 9), (6, 45)), 0.7), (((80, 10), (5, 5)), 0.32)])
def test_the_first_paradox_of_kappa(table, kappa):
    """Feinstein and Cicchetti (1990): the same 85% agreement, kappa .70 in one table and .32 in the other.

    They print two decimals. PABAK (Byrt, Bishop and Carlin 1993) is .70 for both, twice the agreement minus one.
    """
    rated = crossed(*table)
    assert (rounded(cohen(rated), 2), rounded(percent(rated)), rounded(pabak(rated))) == (kappa, 0.85, 0.7)


def test_cicchetti_and_feinstein_specific_agreement():
    """From their (1990) definition, worked by hand: 2a / (2a + b + c) = 160/175 and 2d / (2d + b + c) = 10/25."""
    rated = crossed((80, 10), (5, 5))
    assert specific(rated, 0).value == pytest.approx(160 / 175)
    assert specific(rated, 1).value == pytest.approx(10 / 25)


@pytest.mark.parametrize(
    ("first", "second", "similar"),
    [
        ("ab", "ab", 1.0),
        ("ab", "a", 1 / 2 * 2 / 3),
        ("ab", "bc", 1 / 3 * 1 / 3),
        ("ab", "cd", 0.0),
        ("abcd", "ab", 1 / 3),
    ],
)
def test_masi_is_jaccard_times_monotonicity(first, second, similar):
    """Passonneau (2006): 1 for equal sets, 2/3 where one holds the other, 1/3 where they overlap, 0 where apart."""
    assert masi(frozenset(first), frozenset(second)) == pytest.approx(1 - similar)
