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
from pipeline.suggest.branches import Tree
from pipeline.suggest.consensus import divisions_of, recurrence, together
from pipeline.suggest.cores import core_strength
from pipeline.suggest.evidence import Group, described, ranked
from pipeline.suggest.features import ROWS, features, unit
from pipeline.suggest.grouping import OUTSIDE, Labels, Support, groups, supported
from pipeline.suggest.material import Encode, Material, Matrix
from pipeline.suggest.naming import names
from pipeline.suggest.one_thread import one_thread
from pipeline.suggest.volume import candidates_for, distinct_volume

Progress = Callable[[str, int, int], None]
Strength = NDArray[np.float64]

EACH: Final = 8
"""Segments in a candidate, at least, on an average: so many may be asked for, and no more."""
FEWEST_ASKED: Final = 2
"""One candidate of everything would tell nobody anything."""
REFILLS: Final = 3
"""How often more groups are asked for where some lacked support, at most."""
FEWEST: Final = 8
"""Below so many segments there is nothing to find a pattern in: all of them stay unclear."""


@dataclass(frozen=True, slots=True)
class SuggestSettings:
    """`about`: how many candidates to aim at, as far as the talk has segments for them; None for as many as go by its
    volume. `most`: at most so many.
    `sample`: beyond so many segments a sample is clustered and the rest assigned to it. `core`: segments in a dense
    core. `support`: what a candidate needs to be offered. `confidence`: from which an approved code is proposed for
    a new segment."""

    about: int | None = None
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
    made = divided(talk, settings=settings, seed=seed, progress=progress)
    found = [made.group(talk, label) for label in range(made.labels.max(initial=OUTSIDE) + 1)]
    named = names(talk, [group.members for group in found], encode)
    suggestions = [described(talk, group, name) for group, name in zip(found, named, strict=True)]
    unclear = tuple(talk.ids[place] for place in np.flatnonzero(made.labels == OUTSIDE))
    return SuggestionSet(ranked(suggestions), unclear)


@dataclass(frozen=True, slots=True)
class Divided:
    """Per segment, all (n,): its group's number from 0, or OUTSIDE; how firmly it belongs to a dense core; and how
    often it fell together with the rest of its group (NaN where only a sample was divided, and it was not in it)."""

    labels: Labels
    strength: Strength
    recurs: Strength

    def group(self, talk: Material, label: int) -> Group:
        """One of the groups, with how often its members fell together."""
        members = np.flatnonzero(self.labels == label)
        return Group.of(talk, members, self.strength, float(np.nanmean(self.recurs[members])))


def divided(
    material: Material, *, settings: SuggestSettings, seed: int = 0, progress: Progress | None = None
) -> Divided:
    """The groups alone, without names and evidence, in the order of talk: what stability is measured on."""
    with one_thread():
        return _divided(material.in_order(), settings, seed, progress or _silent)


def _divided(talk: Material, settings: SuggestSettings, seed: int, told: Progress) -> Divided:
    if len(talk) < FEWEST:
        nothing = np.zeros(len(talk))
        return Divided(np.full(len(talk), OUTSIDE, dtype=np.intp), nothing, nothing)
    points = features(talk)
    if len(talk) <= settings.sample:
        return _grouped(talk, points, settings, seed, told)
    drawn = np.sort(np.random.default_rng(seed).choice(len(talk), settings.sample, replace=False))
    part = _grouped(talk.at(drawn.tolist()), points[drawn], settings, seed, told)
    labels = _nearest(points, points[drawn], part.labels)
    strength, recurs = np.zeros(len(talk)), np.full(len(talk), np.nan)
    labels[drawn], strength[drawn], recurs[drawn] = part.labels, part.strength, part.recurs
    return Divided(labels, strength, recurs)


def _grouped(talk: Material, points: Matrix, settings: SuggestSettings, seed: int, progress: Progress) -> Divided:
    carried = candidates_for(distinct_volume(talk.excerpts, talk.vectors), talk.questions)
    held = max(carried, len(talk) // EACH)  # asked for more, it would find so little in each that none is offered
    aim = carried if settings.about is None else min(max(settings.about, FEWEST_ASKED), held)
    wanted = aim if settings.most is None else min(aim, settings.most)
    divisions = divisions_of(points, aim, seed, lambda done, total: progress("clustering", done, total))
    shares = together(divisions)
    tree = Tree.of(shares)
    values = tree.values(divisions, settings.support.segments)
    strength = core_strength(shares, settings.core)
    content = unit(talk.vectors - talk.vectors.mean(axis=0))

    def offered(count: int) -> Labels:
        return supported(groups(tree, values, count), shares, strength, content, settings.support)

    labels = offered(wanted)
    if settings.about is not None:
        labels = _filled_up(labels, wanted, held, offered)
    return Divided(labels, strength, recurrence(shares, labels))


def _filled_up(labels: Labels, wanted: int, held: int, offered: Callable[[int], Labels]) -> Labels:
    """`labels`, or those of a finer division, of `held` groups at most: whoever names a number means candidates, and
    groups without the support to be offered are none."""
    asked = wanted
    for _ in range(REFILLS):
        asked = min(asked + wanted - _count(labels), held)
        if _count(labels) == wanted or asked == wanted:
            break
        finer = offered(asked)
        if not _count(labels) < _count(finer) <= wanted:
            break
        labels = finer
    return labels


def _count(labels: Labels) -> int:
    return int(labels.max(initial=OUTSIDE)) + 1


def _nearest(points: Matrix, sample: Matrix, labels: Labels) -> Labels:
    """The group whose centroid is nearest, if it is as near as the group's own members commonly are."""
    count = labels.max(initial=OUTSIDE) + 1
    if not count:
        return np.full(len(points), OUTSIDE, dtype=np.intp)
    members = [sample[labels == label] for label in range(count)]
    centroids = np.stack([inside.mean(axis=0) for inside in members])
    reach = np.array(
        [
            np.quantile(np.linalg.norm(inside - centre, axis=1), 0.95)
            for inside, centre in zip(members, centroids, strict=True)
        ]
    )
    placed: list[Labels] = []
    for start in range(0, len(points), ROWS):
        rows = points[start : start + ROWS]
        distances = np.stack([np.linalg.norm(rows - centre, axis=1) for centre in centroids], axis=1)
        nearest = distances.argmin(axis=1)
        near = distances[np.arange(len(rows)), nearest] <= reach[nearest]
        placed.append(np.where(near, nearest, OUTSIDE).astype(np.intp))
    return np.concatenate(placed)


def _silent(_what: str, _done: int, _total: int) -> None:
    """No progress shown."""
