"""The agreement report: every code's coefficients with intervals, the whole, what is confused and what divides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Final

import numpy as np

from pipeline.domain.counted import counted
from pipeline.domain.errors import DecisionRefused
from pipeline.review.agreement.coefficients import (
    Coefficient,
    Tally,
    ac1,
    alpha,
    cohen,
    fleiss,
    light,
    pabak,
    percent,
    specific,
    tally,
)
from pipeline.review.agreement.intervals import interval, resampled
from pipeline.review.agreement.ratings import Floats, Ratings
from pipeline.review.agreement.sets import Confusion, Split, confusions, masi_alpha, splits

LEAST_UNITS: Final = 20
"""Segments coded by two coders that a coefficient needs: the fewest for which its interval was measured to hold."""

LEAST_CARRYING: Final = 7
"""Segments that must carry a code, and that must be without it, before agreement on it is assessed.

In simulation (two and three coders, 20 to 200 segments) there was a 95% interval of kappa that held the truth in 20
to 35% of studies with one or two such segments, 79 to 92% with three or four, 89 to 98% with five or six and 92 to
99% from seven on. Below seven it is also about as wide as the way from no agreement to full, so it says nothing.
"""

KAPPAS: Final[dict[str, Callable[[Tally], Coefficient]]] = {"Cohen": cohen, "Fleiss": fleiss, "mean Cohen": light}
"""The kappas that a report may hold, by the name it gives them."""

FEWEST_RESAMPLES: Final = 200
"""Fewer leave the ends of a 95% interval to a handful of draws."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A coefficient and the ends of its interval, None where the interval cannot be told."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Cohen's kappa of two coders on the segments that both coded; `why` says why there is none."""

    first: str
    second: str
    n: int
    kappa: Figure | None
    why: str


@dataclass(frozen=True, slots=True)
class CodeAgreement:
    """How far coders agree on one code.

    Attributes:
        code: the code's id.
        n: segments coded by two coders or more.
        positives: how many of them carry the code from at least one coder.
        prevalence: the share of coders who applied it to a segment, averaged over those segments; None without any.
        assessable: whether there is enough to say more than the percentage.
        why: where it is not assessable, the sentence that says so; else empty.
        percent: the share of agreeing pairs of coders.
        kappa_name: which of `KAPPAS` `kappa` is.
        positive: of the times the code was applied, the share that another coder confirms.
        negative: the same for leaving it off.
        pairs: kappa for every two coders; only where there are more than two.
    """

    code: str
    n: int
    positives: int
    prevalence: float | None
    assessable: bool
    why: str
    percent: Figure | None
    kappa_name: str
    kappa: Figure | None
    pabak: Figure | None
    ac1: Figure | None
    alpha: Figure | None
    positive: Figure | None
    negative: Figure | None
    pairs: tuple[PairAgreement, ...]


@dataclass(frozen=True, slots=True)
class Overall:
    """Krippendorff's alpha over whole sets of codes with MASI distance; `why` says why there is none."""

    n: int
    alpha: Figure | None
    why: str


@dataclass(frozen=True, slots=True)
class AgreementReport:
    """What coders who coded the same segments agree on; codes stand in the order given, the rest most first."""

    n: int
    level: float
    codes: tuple[CodeAgreement, ...]
    overall: Overall
    confusion: tuple[Confusion, ...]
    splits: tuple[Split, ...]


@dataclass(frozen=True, slots=True)
class _Bootstrap:
    seed: int
    resamples: int
    level: float

    def draws(self, counts: Floats) -> Floats:
        return resampled(counts, seed=self.seed, resamples=self.resamples)

    def figure(self, coefficient: Coefficient, draws: Floats) -> Figure | None:
        value = coefficient.value
        if value is None:
            return None
        low, high = interval(coefficient, draws, level=self.level) or (None, None)
        return Figure(value, low, high)


def agreement(ratings: Ratings, seed: int, resamples: int = 1000, level: float = 0.95) -> AgreementReport:
    """Compare coders on the units that two or more of them coded; the others say nothing on agreement.

    The same ratings and seed give the same report, whatever the order of units and coders.

    Args:
        ratings: who applied what to which unit.
        seed: of the resampling behind the intervals.
        resamples: how many; at least 200.
        level: how often an interval should hold the true value, between 0 and 1.

    Raises:
        DecisionRefused: `resamples` or `level` is out of its range.
    """
    if resamples < FEWEST_RESAMPLES:
        raise DecisionRefused(
            f"{resamples} resamples are too few for an interval. Ask for {FEWEST_RESAMPLES} or more."
        )
    if not 0.0 < level < 1.0:
        raise DecisionRefused(f"An interval's level lies between 0 and 1, such as 0.95; {level} does not.")
    shared, bootstrap = ratings.shared(), _Bootstrap(seed, resamples, level)
    return AgreementReport(
        n=len(shared.units),
        level=level,
        codes=tuple(_code(shared, code, bootstrap) for code in ratings.codes),
        overall=_overall(shared, bootstrap),
        confusion=confusions(ratings),
        splits=splits(ratings),
    )


def _code(shared: Ratings, code: str, bootstrap: _Bootstrap) -> CodeAgreement:
    matrix = shared.binary(code)
    rated, why = tally(matrix), _why_not(matrix)
    draws = bootstrap.draws(rated.counts)
    kappa_name = _kappa_name(rated)

    def assessed(coefficient: Callable[[Tally], Coefficient]) -> Figure | None:
        return None if why else bootstrap.figure(coefficient(rated), draws)

    return CodeAgreement(
        code=code,
        n=matrix.shape[1],
        positives=int((matrix == 1).any(axis=0).sum()),
        prevalence=float(np.nanmean(matrix, axis=0).mean()) if matrix.size else None,
        assessable=not why,
        why=why,
        percent=bootstrap.figure(percent(rated), draws),
        kappa_name=kappa_name,
        kappa=assessed(KAPPAS[kappa_name]),
        pabak=assessed(pabak),
        ac1=assessed(ac1),
        alpha=assessed(alpha),
        positive=assessed(partial(specific, kind=1)),
        negative=assessed(partial(specific, kind=0)),
        pairs=_pairs(shared.coders, matrix, bootstrap),
    )


def _kappa_name(rated: Tally) -> str:
    """Cohen's kappa for one pair of coders; for more, Fleiss' where all rated all, else the mean of Cohen's."""
    coders = rated.values.shape[1]
    if len(list(combinations(range(coders), 2))) <= 1:
        return "Cohen"
    return "Fleiss" if (rated.times.sum(axis=1) == coders).all() else "mean Cohen"


def _pairs(coders: tuple[str, ...], matrix: Floats, bootstrap: _Bootstrap) -> tuple[PairAgreement, ...]:
    pairs = list(combinations(range(len(coders)), 2))
    return tuple(_pair(coders, matrix, pair, bootstrap) for pair in pairs) if len(pairs) > 1 else ()


def _pair(coders: tuple[str, ...], matrix: Floats, pair: tuple[int, int], bootstrap: _Bootstrap) -> PairAgreement:
    both = matrix[list(pair)]
    both = both[:, ~np.isnan(both).any(axis=0)]
    rated, why = tally(both), _why_not(both)
    kappa = None if why else bootstrap.figure(cohen(rated), bootstrap.draws(rated.counts))
    return PairAgreement(coders[pair[0]], coders[pair[1]], both.shape[1], kappa, why)


def _overall(shared: Ratings, bootstrap: _Bootstrap) -> Overall:
    carried = sum(any(chosen for _, chosen in shared.sets(unit)) for unit in shared.units)
    why = _too_few(len(shared.units), carried, "carries a code", "carry a code")
    coefficient = masi_alpha(shared)
    figure = None if why else bootstrap.figure(coefficient, bootstrap.draws(coefficient.counts))
    if figure is None and not why:
        why = "Not assessable: all coders applied the same codes to every segment, so nothing tells segments apart."
    return Overall(len(shared.units), figure, why)


def _why_not(matrix: Floats) -> str:
    """Why agreement on a code cannot be assessed from its ratings; empty where it can."""
    n = matrix.shape[1]
    carrying, lacking = (int((matrix == rating).any(axis=0).sum()) for rating in (1, 0))
    return _too_few(n, carrying, "carries it", "carry it") or _too_few(n, lacking, "is without it", "are without it")


def _too_few(n: int, found: int, one: str, many: str) -> str:
    if n < LEAST_UNITS:
        few = f"only {_segments(n, 'was', 'were')}" if n else "no segment was"
        return f"Not assessable: {few} coded by two coders or more; {LEAST_UNITS} are needed."
    if found >= LEAST_CARRYING:
        return ""
    few = f"only {_segments(found, one, many)}" if found else f"no segment {one}"
    return f"Not assessable: {few} among {n}; {LEAST_CARRYING} are needed."


def _segments(n: int, one: str, many: str) -> str:
    return counted(n, f"segment {one}", f"segments {many}")
