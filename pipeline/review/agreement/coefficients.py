"""Agreement coefficients for nominal data, each written as one minus observed over expected disagreement.

Units rated alike are interchangeable, so every coefficient is a function of how often each *pattern* of ratings
occurs. Its value, its resampled values and its jackknife values then come from the same few matrix products.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.review.agreement.ratings import Floats

MISSING: Final = -1
"""In a tally: the coder did not rate the unit."""

Parts = Callable[[Floats], tuple[Floats, Floats]]
"""Weights, draws x patterns, to observed and expected disagreement, each one number per draw."""


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """The distinct patterns in which units were rated.

    Attributes:
        values: patterns x coders, the number of the category given, or `MISSING`.
        counts: how many units show each pattern; at least 1.
        kinds: how many categories coders chose from, used or not.
    """

    values: NDArray[np.int64]
    counts: Floats
    kinds: int

    @property
    def times(self) -> Floats:
        """Patterns x kinds: how many coders gave each category."""
        given = self.values[:, :, None] == np.arange(self.kinds)
        return np.asarray(given.sum(axis=1), dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Coefficient:
    """A coefficient of agreement: 1 - observed / expected disagreement.

    Attributes:
        counts: how many units show each pattern.
        parts: the two disagreements as a function of how often each pattern counts.
    """

    counts: Floats
    parts: Parts

    def at(self, weights: Floats) -> Floats:
        """The coefficient for each row of `weights` (draws x patterns); nan where it is undefined."""
        observed, expected = self.parts(weights)
        share = np.divide(observed, expected, out=np.full_like(observed, np.nan), where=expected > 0)
        return np.asarray(1.0 - share, dtype=np.float64)

    @property
    def value(self) -> float | None:
        """The coefficient, or None where no disagreement could be expected: no units, or no variation."""
        found = float(self.at(self.counts[None, :])[0]) if self.counts.size else np.nan
        return None if np.isnan(found) else found


def tally(matrix: Floats, kinds: int = 2) -> Tally:
    """The tally of a reliability matrix, coders x units, of category numbers 0 to kinds - 1; nan is missing.

    Units that nobody rated are left out.
    """
    values = np.where(np.isnan(matrix), MISSING, matrix).astype(np.int64).T
    rated = values[(values != MISSING).any(axis=1)]
    patterns, counts = np.unique(rated, axis=0, return_counts=True)
    return Tally(patterns, counts.astype(np.float64), kinds)


def percent(rated: Tally) -> Coefficient:
    """The share of agreeing pairs of coders on a unit, averaged over the units with two ratings or more."""
    return _chance_corrected(rated, lambda weights: np.ones(len(weights)))


def pabak(rated: Tally) -> Coefficient:
    """Prevalence- and bias-adjusted kappa: chance is one in `kinds` (Byrt, Bishop and Carlin 1993).

    With two kinds it is twice the percent agreement minus one; with more it is Brennan and Prediger's (1981)
    coefficient.
    """
    return _chance_corrected(rated, lambda weights: np.full(len(weights), 1.0 - 1.0 / rated.kinds))


def ac1(rated: Tally) -> Coefficient:
    """Gwet's AC1 for any number of coders with missing ratings (Gwet 2008).

    As in Gwet's own computation, a unit with one rating says nothing on agreement yet counts in how common each
    category is.
    """

    def expected(weights: Floats) -> Floats:
        share = _shares(rated, weights)
        return np.asarray(1.0 - (share * (1.0 - share)).sum(axis=1) / (rated.kinds - 1), dtype=np.float64)

    return _chance_corrected(rated, expected)


def fleiss(rated: Tally) -> Coefficient:
    """Fleiss' kappa: chance is two draws from the pooled ratings (Fleiss 1971; Scott's pi for two coders)."""
    return _chance_corrected(rated, lambda weights: 1.0 - np.square(_shares(rated, weights)).sum(axis=1))


def cohen(rated: Tally, first: int = 0, second: int = 1) -> Coefficient:
    """Cohen's kappa of two of the coders, on the units that both rated (Cohen 1960)."""
    return Coefficient(rated.counts, partial(_cohen_parts, rated, first, second))


def light(rated: Tally) -> Coefficient:
    """The mean of Cohen's kappa over all pairs of coders for whom it is defined (Light 1971)."""
    pairs = list(combinations(range(rated.values.shape[1]), 2))

    def parts(weights: Floats) -> tuple[Floats, Floats]:
        both = [_cohen_parts(rated, first, second, weights) for first, second in pairs]
        observed, expected = np.stack([pair[0] for pair in both]), np.stack([pair[1] for pair in both])
        used = (expected > 0).sum(axis=0).astype(np.float64)
        # The harmonic mean keeps the form 1 - observed / expected and equals the mean of the pairs' kappas.
        harmonic = _over(used, _over(np.ones_like(expected), expected).sum(axis=0))
        return _over(_over(observed, expected).sum(axis=0), used) * harmonic, harmonic

    return Coefficient(rated.counts, parts)


def alpha(rated: Tally, distance: Floats | None = None) -> Coefficient:
    """Krippendorff's alpha for any number of coders with missing ratings (Krippendorff 2011).

    Args:
        rated: the ratings; units with one rating cannot be paired and do not count.
        distance: kinds x kinds, how far apart two categories are; None for nominal data, where any two are 1 apart.
    """
    apart = 1.0 - np.eye(rated.kinds) if distance is None else distance
    times = rated.times
    given = times.sum(axis=1)
    pairable = times * (given > 1)[:, None]
    within = _over(((pairable @ apart) * pairable).sum(axis=1), given - 1)

    def parts(weights: Floats) -> tuple[Floats, Floats]:
        values = weights @ pairable
        total = values.sum(axis=1)
        return _over(weights @ within, total), _over(((values @ apart) * values).sum(axis=1), total * (total - 1.0))

    return Coefficient(rated.counts, parts)


def specific(rated: Tally, kind: int) -> Coefficient:
    """Specific agreement on one category: of the ratings that give it, the share that another coder confirms.

    With two coders this is Cicchetti and Feinstein's (1990) positive (kind 1) or negative (kind 0) agreement.
    """
    given = rated.times.sum(axis=1)
    paired = (given > 1).astype(np.float64)
    chosen = rated.times[:, kind] * paired
    unconfirmed = _over(chosen * (given - chosen), given - 1)

    def parts(weights: Floats) -> tuple[Floats, Floats]:
        units = weights @ paired
        return _over(weights @ unconfirmed, units), _over(weights @ chosen, units)

    return Coefficient(rated.counts, parts)


def _chance_corrected(rated: Tally, expected: Callable[[Floats], Floats]) -> Coefficient:
    """The mean share of a unit's pairs of coders who disagree, over what `expected` says chance would bring."""
    times = rated.times
    given = times.sum(axis=1)
    paired = (given > 1).astype(np.float64)
    agreed = _over((times * (times - 1)).sum(axis=1), given * (given - 1))
    divided = (1.0 - agreed) * paired

    def parts(weights: Floats) -> tuple[Floats, Floats]:
        units = weights @ paired
        return _over(weights @ divided, units), np.where(units > 0, expected(weights), 0.0)

    return Coefficient(rated.counts, parts)


def _shares(rated: Tally, weights: Floats) -> Floats:
    """Draws x kinds: how common each category is, every unit weighing the same however many rated it."""
    times = rated.times
    units = np.repeat(weights.sum(axis=1, keepdims=True), rated.kinds, axis=1)
    return _over(weights @ (times / times.sum(axis=1, keepdims=True)), units)


def _cohen_parts(rated: Tally, first: int, second: int, weights: Floats) -> tuple[Floats, Floats]:
    left, right = rated.values[:, first], rated.values[:, second]
    both = (left != MISSING) & (right != MISSING)
    units = weights @ both.astype(np.float64)
    differing = weights @ (both & (left != right)).astype(np.float64)
    chance = np.zeros_like(units)
    for kind in range(rated.kinds):
        chance += (weights @ (both & (left == kind))) * (weights @ (both & (right == kind)))
    return _over(differing, units), np.where(units > 0, 1.0 - _over(chance, units * units), 0.0)


def _over(part: Floats, whole: Floats) -> Floats:
    """`part / whole`, and 0 where the whole is nothing."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
