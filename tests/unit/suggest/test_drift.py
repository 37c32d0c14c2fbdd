"""A code that means something else in a new group is noticed, one that does not is not (simulated truth)."""

import numpy as np

from pipeline.suggest.drift import FEWEST_NEW, LEVEL, drifting, shift_chance
from pipeline.suggest.features import unit


def around(direction: np.ndarray, count: int, random: np.random.Generator, spread: float = 0.12) -> np.ndarray:
    return unit((direction + spread * random.normal(size=(count, len(direction)))).astype(np.float32))


def directions(count: int, random: np.random.Generator, size: int = 64) -> np.ndarray:
    return unit(random.normal(size=(count, size)).astype(np.float32))


def test_codes_that_mean_the_same_raise_few_alarms():
    """60 studies of 10 codes, old and new from one place: any alarm at all in about LEVEL of them."""
    random = np.random.default_rng(0)
    alarmed = 0
    for study in range(60):
        means = directions(10, random)
        old = {f"c{place}": around(mean, 12, random) for place, mean in enumerate(means)}
        new = {f"c{place}": around(mean, 5, random) for place, mean in enumerate(means)}
        alarmed += bool(drifting(old, new, seed=study))
    assert alarmed <= 60 * LEVEL + 3 * (60 * LEVEL * (1 - LEVEL)) ** 0.5


def test_a_code_that_moved_is_found_and_the_others_are_not():
    random = np.random.default_rng(1)
    means = directions(10, random)
    old = {f"c{place}": around(mean, 12, random) for place, mean in enumerate(means)}
    new = {f"c{place}": around(mean, 5, random) for place, mean in enumerate(means)}
    new["c3"] = around(means[7], 5, random)
    assert [item.code for item in drifting(old, new)] == ["c3"]


def test_the_odd_ones_are_shown_first():
    random = np.random.default_rng(2)
    one, other = directions(2, random)
    new = np.concatenate([around(one, 3, random), around(other, 6, random)])
    (found,) = drifting({"c": around(one, 20, random)}, {"c": new})
    assert set(found.odd[:6]) == {3, 4, 5, 6, 7, 8}


def test_chances_are_uniform_where_nothing_moved():
    """Of 300 tests, a tenth lies under .1 and half under .5, or nearly."""
    random = np.random.default_rng(3)
    (mean,) = directions(1, random)
    chances = [shift_chance(around(mean, 8, random), around(mean, 4, random), random) for _ in range(300)]
    assert abs(np.mean(np.array(chances) <= 0.1) - 0.1) < 0.06
    assert abs(np.mean(np.array(chances) <= 0.5) - 0.5) < 0.1


def test_too_few_new_segments_say_nothing():
    random = np.random.default_rng(4)
    one, other = directions(2, random)
    assert drifting({"c": around(one, 20, random)}, {"c": around(other, FEWEST_NEW - 1, random)}) == ()
