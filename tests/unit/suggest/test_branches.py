"""The branches taken are worth most together, and what a branch is worth is what its definition says."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from pipeline.suggest.branches import SIZE, Tree
from pipeline.suggest.consensus import together
from pipeline.suggest.grouping import OUTSIDE, groups


def tree_of(seed: int, count: int = 14) -> Tree:
    near = np.random.default_rng(seed).random((count, count), dtype=np.float32)
    return Tree.of(np.triu(near, 1) + np.triu(near, 1).T + np.eye(count, dtype=np.float32))


def apart(tree: Tree, taken: tuple[int, ...]) -> bool:
    points = [point for branch in taken for point in tree.members(branch).tolist()]
    return len(points) == len(set(points))


def ways(tree: Tree, values: np.ndarray, wanted: int) -> Iterator[tuple[int, ...]]:
    """All sets of so many branches that do not overlap."""
    return (taken for taken in combinations(np.flatnonzero(values > 0).tolist(), wanted) if apart(tree, taken))


def grouped(divisions: np.ndarray, wanted: int) -> np.ndarray:
    tree = Tree.of(together(divisions))
    return groups(tree, tree.values(divisions, 4), wanted)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("wanted", [1, 2, 3, 5])
def test_no_other_way_to_take_so_many_is_worth_more(seed: int, wanted: int):
    tree = tree_of(seed)
    values = np.where(tree.sizes >= 2, np.random.default_rng(seed + 100).random(len(tree.sizes)), 0)
    taken = tree.chosen(values, wanted)
    most = max((values[list(way)].sum() for way in ways(tree, values, wanted)), default=None)
    if most is not None:
        assert len(taken) == wanted
        assert apart(tree, tuple(taken))
        assert values[taken].sum() == pytest.approx(most)


@pytest.mark.parametrize("seed", range(4))
def test_where_there_are_fewer_all_that_fit_are_taken(seed: int):
    tree = tree_of(seed)
    values = np.where(tree.sizes >= 4, 1.0, 0.0)
    taken = tree.chosen(values, 99)
    assert apart(tree, tuple(taken))
    assert not list(ways(tree, values, len(taken) + 1))


def test_a_branch_without_value_is_never_taken():
    tree = tree_of(1)
    assert tree.chosen(np.zeros(len(tree.sizes)), 3) == []


@pytest.mark.parametrize("seed", range(4))
def test_a_branch_is_worth_its_mean_likeness_to_the_clusters_most_like_it(seed: int):
    """The definition, spelled out: Hennig (2007), with Jaccard's coefficient."""
    random, tree = np.random.default_rng(seed), tree_of(seed, 20)
    divisions = random.integers(0, 5, (7, 20)).astype(np.int32)
    found = tree.values(divisions, 3)
    for branch, size in enumerate(tree.sizes.tolist()):
        inside = set(tree.members(branch).tolist())
        assert len(inside) == size
        likeness = [
            max(
                len(inside & cluster) / len(inside | cluster)
                for cluster in (set(np.flatnonzero(division == label).tolist()) for label in set(division.tolist()))
            )
            for division in divisions
        ]
        assert found[branch] == pytest.approx(np.mean(likeness) * size**SIZE if size >= 3 else 0)


@pytest.mark.parametrize("seed", range(3))
def test_a_topic_that_is_cut_elsewhere_each_time_stays_whole(seed: int):
    """Of forty divisions half cut the broad topic in two, never the same two; a quarter tell the narrow topics apart.
    A cut of the whole tree at one depth divides the broad topic before it parts the narrow ones."""
    random = np.random.default_rng(seed)
    broad, one, other = np.arange(12), np.arange(12, 16), np.arange(16, 20)
    divisions = np.zeros((40, 20), dtype=np.int32)
    divisions[:, one] = divisions[:, other] = 1
    for division in divisions[:20]:
        division[random.permutation(broad)[:6]] = 2
    divisions[15:25, other] = 3
    shares = together(divisions)
    found = grouped(divisions, 3)
    for topic in (broad, one, other):
        assert np.flatnonzero(found == found[topic[0]]).tolist() == topic.tolist()
    at_one_depth = fcluster(linkage(squareform(1 - shares, checks=False), "average"), 3, "maxclust")
    assert len(set(at_one_depth[broad])) == 2


def test_points_in_no_branch_taken_are_outside():
    divisions = np.array([[0, 0, 0, 0, 1, 2, 3, 3, 3, 3]] * 3, dtype=np.int32)
    found = grouped(divisions, 2)
    assert (found[[4, 5]] == OUTSIDE).all()
    assert len(set(found[:4])) == len(set(found[6:])) == 1
    assert found[0] != found[9]
