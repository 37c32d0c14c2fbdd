"""Multi-label B-cubed, on examples small enough to count by hand."""

import pytest

from pipeline.evaluate.bcubed import bcubed_f


def test_the_codes_themselves_are_perfect():
    codes = [("x",), ("x", "y"), ("y",)]
    assert bcubed_f(codes, codes) == pytest.approx(1.0)


def test_one_cluster_of_two_codes():
    """Four items in one cluster, two of each code: precision 2/4, recall 1: F = 2/3."""
    assert bcubed_f([(0,)] * 4, [("x",), ("x",), ("y",), ("y",)]) == pytest.approx(2 / 3)


def test_an_item_in_no_cluster_is_a_cluster_of_its_own():
    """Two items of one code, both in none: precision 1, recall 1/2: F = 2/3."""
    assert bcubed_f([(), ()], [("x",), ("x",)]) == pytest.approx(2 / 3)


def test_two_shared_codes_need_two_shared_clusters():
    """Both items carry x and y and share one cluster: each pair is right once of two: recall 1/2, precision 1."""
    assert bcubed_f([(0,), (0,)], [("x", "y"), ("x", "y")]) == pytest.approx(2 / 3)


def test_items_without_a_code_do_not_count():
    assert bcubed_f([(0,), (0,)], [("x",), ()]) == pytest.approx(1.0)
    assert bcubed_f([(0,)], [()]) == 0.0
