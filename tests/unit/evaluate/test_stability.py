"""Stability is agreement on what runs share, and its bootstraps are the same every time."""

import pytest

from pipeline.evaluate.stability import bootstraps, stability_ari


def test_labels_are_only_names():
    assert stability_ari([{"a": 0, "b": 0, "c": 1}, {"a": 7, "b": 7, "c": 3, "d": 3}]) == pytest.approx(1.0)


def test_the_mean_is_over_pairs():
    """Runs one and two agree wholly; three crosses both: two pairs of a b | c d against a c | b d have index -.5."""
    one = {"a": 0, "b": 0, "c": 1, "d": 1}
    crossed = {"a": 0, "b": 1, "c": 0, "d": 1}
    assert stability_ari([one, dict(one), crossed]) == pytest.approx((1 - 0.5 - 0.5) / 3)


def test_runs_that_share_nothing_say_nothing():
    assert stability_ari([{"a": 0}, {"b": 0}]) == 1.0


def test_bootstraps_do_not_depend_on_the_order_of_groups():
    names = ["d", "b", "a", "c", "a"]
    drawn = bootstraps(names, 5)
    assert drawn == bootstraps(sorted(names), 5)
    assert len(drawn) == 5
    assert all(set(kept) <= set(names) and kept for kept in drawn)
