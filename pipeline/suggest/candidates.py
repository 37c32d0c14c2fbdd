"""Segments to candidate codes, each with its evidence; nothing here is a code until people make it one.

The talk is divided many times (`consensus`); segments that keep falling together are grouped (`grouping`) around
dense cores (`cores`); groups are named from the participants' words (`naming`) and ranked by their evidence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.suggestion import SuggestionSet
from pipeline.suggest.consensus import together
from pipeline.suggest.cores import core_strength
from pipeline.suggest.evidence import Group, described, ranked
from pipeline.suggest.features import features, unit
from pipeline.suggest.grouping import OUTSIDE, Labels, Support, groups, supported
from pipeline.suggest.material import Encode, Material, Matrix
from pipeline.suggest.naming import names
from pipeline.suggest.one_thread import one_thread
from pipeline.suggest.volume import candidates_for, distinct_volume

Progress = Callable[[str, int, int], None]
Strength = NDArray[np.float64]

FEWEST: Final = 8
"""Below so many segments there is nothing to find a pattern in: all of them stay unclear."""


@dataclass(frozen=True, slots=True)
class SuggestSettings:
    """`most`: at most so many candidates, None for as many as the talk supports. `sample`: beyond so many segments
    a sample is clustered and the rest assigned to it. `core`: segments in a dense core. `support`: what a candidate
    needs to be offered. `confidence`: from which an approved code is proposed for a new segment."""

    most: int | None = None
    sample: int = 6000
    core: int = 5
    support: Support = field(default_factory=Support)
    confidence: float = 0.3


def propose(
    material: Material,
    *,
    settings: SuggestSettings,
    encode: Encode,
    seed: int = 0,
    progress: Progress | None = None,
) -> SuggestionSet:
    """Candidate codes, best evidence first; segments that fit nowhere are `unclear`, none is lost.

    The same material, in whatever order it comes, gives the same result for the same seed. There may be no
    candidate at all.
    """
    talk = material.in_order()
    if len(talk) < FEWEST:
        return SuggestionSet((), talk.ids)
    with one_thread():
        labels, strength = _divided(talk, settings, seed, progress or _silent)
    found = [
        Group.of(talk, np.flatnonzero(labels == label), strength) for label in range(labels.max(initial=OUTSIDE) + 1)
    ]
    named = names(talk, [group.members for group in found], encode)
    suggestions = [described(talk, group, name) for group, name in zip(found, named, strict=True)]
    unclear = tuple(talk.ids[place] for place in np.flatnonzero(labels == OUTSIDE))
    return SuggestionSet(ranked(suggestions), unclear)


def _divided(talk: Material, settings: SuggestSettings, seed: int, progress: Progress) -> tuple[Labels, Strength]:
    """Group numbers from 0 (or OUTSIDE), and how firmly each segment belongs to a dense core; both (n,)."""
    points = features(talk)
    if len(talk) <= settings.sample:
        return _grouped(talk, points, settings, seed, progress)
    drawn = np.sort(np.random.default_rng(seed).choice(len(talk), settings.sample, replace=False))
    part, part_strength = _grouped(talk.at(drawn.tolist()), points[drawn], settings, seed, progress)
    labels = _nearest(points, points[drawn], part)
    labels[drawn] = part
    strength = np.zeros(len(talk))
    strength[drawn] = part_strength
    return labels, strength


def _grouped(
    talk: Material, points: Matrix, settings: SuggestSettings, seed: int, progress: Progress
) -> tuple[Labels, Strength]:
    carried = candidates_for(distinct_volume(talk.excerpts, talk.vectors))
    wanted = carried if settings.most is None else min(carried, settings.most)
    shares = together(points, carried, seed, lambda done, total: progress("clustering", done, total))
    strength = core_strength(shares, settings.core)
    content = unit(talk.vectors - talk.vectors.mean(axis=0))
    return supported(groups(shares, wanted), shares, strength, content, settings.support), strength


def _nearest(points: Matrix, sample: Matrix, labels: Labels) -> Labels:
    """The group whose centroid is nearest, if it is as near as the group's own members commonly are."""
    found = np.full(len(points), OUTSIDE, dtype=np.intp)
    count = labels.max(initial=OUTSIDE) + 1
    if not count:
        return found
    members = [sample[labels == label] for label in range(count)]
    centroids = np.stack([inside.mean(axis=0) for inside in members])
    reach = np.array(
        [
            np.quantile(np.linalg.norm(inside - centre, axis=1), 0.95)
            for inside, centre in zip(members, centroids, strict=True)
        ]
    )
    distances = np.sqrt(((points[:, None, :] - centroids[None, :, :]) ** 2).sum(axis=2))
    nearest = distances.argmin(axis=1)
    near = distances[np.arange(len(points)), nearest] <= reach[nearest]
    return np.where(near, nearest, found)


def _silent(_what: str, _done: int, _total: int) -> None:
    """No progress shown."""
