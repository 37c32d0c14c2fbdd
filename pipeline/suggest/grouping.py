"""Segments that keep falling together become groups; what belongs to none stays outside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.suggest.branches import Tree
from pipeline.suggest.material import Matrix

OUTSIDE = -1

Labels = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Support:
    """What a group needs to be offered: `segments`, and members more `alike` than chance (see `likeness`).

    A segment outside the dense cores stays in its group only if it fell together with the group's members in at
    least the share `belongs` of divisions.
    """

    segments: int = 4
    alike: float = 0.02
    chance: float = 0.6
    belongs: float = 0.12


def groups(tree: Tree, values: NDArray[np.float64], wanted: int) -> Labels:
    """At most `wanted` groups, shape (n,), OUTSIDE for points in none: the branches of the tree over how often points
    fall together that are worth most (`values`, as of `Tree.values`)."""
    found = np.full(len(tree.order), OUTSIDE, dtype=np.intp)
    for number, branch in enumerate(tree.chosen(values, wanted)):
        found[tree.members(branch)] = number
    return found


def supported(
    labels: Labels, shares: Matrix, strength: NDArray[np.float64], content: Matrix, support: Support
) -> Labels:
    """The groups that have the support to be offered, renumbered from 0, and OUTSIDE for every other point.

    A group without a dense core (`strength`, as of `core_strength`) is not offered. Points outside, and points of
    groups that are not offered, join the offered group they fell together with most, where they belong to it.
    """
    offered = [
        members
        for members in (np.flatnonzero(labels == label) for label in np.unique(labels[labels != OUTSIDE]))
        if len(members) >= support.segments
        and strength[members].any()
        and likeness(content[members]) >= support.alike + support.chance / len(members)
    ]
    if not offered:
        return np.full(len(labels), OUTSIDE, dtype=np.intp)
    affinity = np.stack([_affinity(shares, members) for members in offered], axis=1)
    chosen = affinity.argmax(axis=1).astype(np.intp)
    kept = np.zeros(len(labels), dtype=bool)
    for number, members in enumerate(offered):
        chosen[members] = number
        kept[members] = strength[members] > 0
    kept |= affinity[np.arange(len(labels)), chosen] >= support.belongs
    return np.where(kept, chosen, OUTSIDE)


def likeness(vectors: Matrix) -> float:
    """The mean cosine between two different ones of m >= 2 unit vectors, once what all segments share is taken off.

    Clustering always finds points that are a little alike by chance, the fewer the more: hence a bar that falls
    with 1/m.
    """
    count = len(vectors)
    squared = float((vectors.mean(axis=0) ** 2).sum())
    return (count * squared - 1) / (count - 1)


def _affinity(shares: Matrix, members: NDArray[np.intp]) -> Matrix:
    """How often each point fell together with the members, itself left out, shape (n,)."""
    total = shares[:, members].sum(axis=1)
    inside = np.zeros(len(shares), dtype=np.float32)
    inside[members] = 1
    found: Matrix = (total - inside) / np.maximum(len(members) - inside, 1)
    return found
