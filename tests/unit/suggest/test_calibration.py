"""Chances that hold: known truth in, known truth out, and nothing certain after a dozen right answers."""

import numpy as np
import pytest

from pipeline.suggest.calibration import Curve


def test_the_curve_finds_the_chances_that_answers_were_drawn_with():
    """Simulated truth: shares are right with chance 1 / (1 + exp(-(1.5 log-odds - 0.5)))."""
    random = np.random.default_rng(0)
    shares = random.uniform(0.02, 0.98, (20_000, 1))
    truly = 1 / (1 + np.exp(-(1.5 * (np.log(shares) - np.log1p(-shares)) - 0.5)))
    curve = Curve.of(shares, random.random(shares.shape) < truly)
    assert curve.slope == pytest.approx(1.5, abs=0.1)
    assert np.abs(curve.chances(shares) - truly).max() < 0.02


@pytest.mark.parametrize("right", [12, 120])
def test_a_dozen_right_answers_make_nothing_certain_and_more_make_it_surer(right):
    """The target of a right answer is (n + 1) / (n + 2) (Platt 1999, section 2.2)."""
    shares = np.full((right, 1), 0.999)
    assert Curve.of(shares, np.ones_like(shares, dtype=np.bool_)).chances(shares).max() == pytest.approx(
        (right + 1) / (right + 2), abs=0.002
    )


def test_what_was_never_right_has_next_to_no_chance():
    shares = np.full((9, 2), 0.5)
    assert Curve.of(shares, np.zeros_like(shares, dtype=np.bool_)).chances(shares).max() < 0.01
