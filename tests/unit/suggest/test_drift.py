"""A code that means something else in late groups is noticed, one that does not by chance only (simulated truth)."""

import numpy as np
import pytest

from pipeline.suggest.drift import FEWEST_GROUPS, FEWEST_SEGMENTS, drifting
from pipeline.suggest.features import unit

SIZE = 32


def direction(random: np.random.Generator) -> np.ndarray:
    return random.normal(size=SIZE) / SIZE**0.5


def group(meaning: np.ndarray, count: int, random: np.random.Generator, habit: float = 0.5) -> np.ndarray:
    """Segments of one group under a code: about its meaning, all shifted by the group's own way of talking."""
    middle = meaning + habit * direction(random)
    return unit(np.array([middle + 0.7 * direction(random) for _ in range(count)], dtype=np.float32))


def groups(meaning: np.ndarray, count: int, random: np.random.Generator, segments: int = 8) -> dict[str, np.ndarray]:
    return {f"g{place}": group(meaning, segments, random) for place in range(count)}


@pytest.mark.parametrize("count", [3, 5, 9])
def test_of_codes_that_mean_the_same_one_in_as_many_as_there_are_groups_is_shown(count: int):
    """Groups differ, and the late one is drawn like the others: it is the farthest off in 1 / (count + 1)."""
    random, codes = np.random.default_rng(count), 1_500
    meanings = {f"c{place}": direction(random) for place in range(codes)}
    early = {code: groups(meaning, count, random) for code, meaning in meanings.items()}
    late = {code: group(meaning, 8, random) for code, meaning in meanings.items()}
    share, expected = len(drifting(early, late)) / codes, 1 / (count + 1)
    assert abs(share - expected) <= 3 * (expected * (1 - expected) / codes) ** 0.5


def test_how_many_segments_there_are_changes_little():
    """With ten times the segments no more codes are shown: it is groups that are compared."""
    random, codes = np.random.default_rng(1), 400
    meanings = {f"c{place}": direction(random) for place in range(codes)}
    early = {code: groups(meaning, 4, random, segments=80) for code, meaning in meanings.items()}
    late = {code: group(meaning, 80, random) for code, meaning in meanings.items()}
    assert abs(len(drifting(early, late)) / codes - 0.2) <= 3 * (0.2 * 0.8 / codes) ** 0.5


def test_a_code_that_moved_is_shown_first():
    random = np.random.default_rng(2)
    for _ in range(20):
        meanings = {f"c{place}": direction(random) for place in range(10)}
        early = {code: groups(meaning, 6, random) for code, meaning in meanings.items()}
        late = {code: group(meaning, 5, random) for code, meaning in meanings.items()}
        late["c3"] = group(meanings["c7"], 5, random)
        first = drifting(early, late)[0]
        assert (first.code, first.groups) == ("c3", 6)
        assert first.alike < first.least


def test_the_odd_ones_come_first():
    random = np.random.default_rng(3)
    one, other = direction(random), direction(random)
    late = np.concatenate([group(one, 3, random), group(other, 6, random)])
    (found,) = drifting({"c": groups(one, 5, random)}, {"c": late})
    assert set(found.odd[:6]) == {3, 4, 5, 6, 7, 8}


def test_too_few_groups_or_segments_say_nothing():
    random = np.random.default_rng(4)
    one, moved = direction(random), group(direction(random), 9, random)
    early = groups(one, FEWEST_GROUPS, random)
    assert drifting({"c": early}, {"c": moved})
    assert not drifting({"c": early}, {"c": moved[: FEWEST_SEGMENTS - 1]})
    assert not drifting({"c": early | {"g0": early["g0"][: FEWEST_SEGMENTS - 1]}}, {"c": moved})
    assert not drifting({"c": {name: early[name] for name in ("g0", "g1")}}, {"c": moved})
    assert not drifting({"c": early}, {"d": moved})


def test_a_group_that_hardly_spoke_of_it_is_no_measure():
    """Two segments from anywhere would make every other group look near."""
    random = np.random.default_rng(5)
    early = groups(direction(random), 4, random)
    late = {"c": group(direction(random), 5, random)}
    strange = group(-direction(random), FEWEST_SEGMENTS - 1, random)
    assert drifting({"c": early | {"strange": strange}}, late) == drifting({"c": early}, late)


def test_what_all_groups_say_in_the_same_words_is_not_shown():
    same = unit(np.ones((4, SIZE), dtype=np.float32))
    assert not drifting({"c": dict.fromkeys("abcd", same)}, {"c": same[:3]})


def test_the_order_of_codes_groups_and_segments_makes_no_difference():
    random = np.random.default_rng(6)
    meanings = {f"c{place}": direction(random) for place in range(30)}
    early = {code: groups(meaning, 4, random) for code, meaning in meanings.items()}
    late = {code: group(meaning, 6, random) for code, meaning in meanings.items()}
    turned = {
        code: {name: rows[::-1] for name, rows in reversed(of_code.items())}
        for code, of_code in reversed(early.items())
    }
    one, other = drifting(early, late), drifting(turned, {code: rows[::-1] for code, rows in reversed(late.items())})
    assert one
    assert [item.code for item in one] == [item.code for item in other]
    assert [item.odd for item in one] == [tuple(5 - place for place in item.odd) for item in other]
