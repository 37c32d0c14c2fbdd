"""Scores turned into chances that hold on a group that was not learnt from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from pipeline.suggest.few_shot import FewShot, Judged
from pipeline.suggest.material import Material
from pipeline.suggest.points import Flags, Points, Scores

EDGE: Final = 1e-6
"""Shares are kept this far from 0 and 1, where log-odds end."""
SLACK: Final = 5
"""Inverse regularisation (scikit-learn's C) of the regression of what is covered at all."""
FAR: Final = 2.0
NEVER: Final = -5.0
"""Log-odds of what was never right."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve for all codes (Platt 1999, on log-odds), because a single code has too few examples for its own."""

    slope: float
    offset: float

    @classmethod
    def of(cls, shares: Scores, right: Flags) -> Curve:
        """From held-out shares (n, codes) and what people gave.

        Codes with a share of 0 were not on offer. A pair counts for its share, lest the many codes that nobody
        would give settle how far the top one is to be believed. What was right counts as nearly so, the less nearly
        the fewer there were (Platt's targets): a dozen right answers make nothing certain.
        """
        from sklearn.linear_model import LogisticRegression

        offered = shares > 0
        truth = right[offered]
        if not truth.any():
            return cls(0.0, NEVER)
        targets = np.where(truth, (truth.sum() + 1) / (truth.sum() + 2), 1 / ((~truth).sum() + 2))
        weights = shares[offered] + 1 / shares.shape[1]
        fitted: Any = LogisticRegression(C=1e6).fit(
            np.tile(_log_odds(shares[offered]), 2)[:, None],
            np.repeat([True, False], len(truth)),
            sample_weight=np.concatenate([weights * targets, weights * (1 - targets)]),
        )
        return cls(max(float(fitted.coef_[0, 0]), 0.0), float(fitted.intercept_[0]))

    def chances(self, shares: Scores) -> Scores:
        """Chances (n, codes) in [0, 1]; the order of codes within a segment stays."""
        found: Scores = 1 / (1 + np.exp(-(self.slope * _log_odds(shares) + self.offset)))
        return found


def _log_odds(shares: Scores) -> Scores:
    held = np.clip(shares, EDGE, 1 - EDGE)
    found: Scores = np.log(held) - np.log1p(-held)
    return found


@dataclass(frozen=True, slots=True)
class Covered:
    """Whether people give a segment any code: a regression on what it says, how long it is, and how much the codes
    speak for it when its own group is left out."""

    learnt: FewShot
    fitted: Any
    middle: Scores
    spread: Scores

    @classmethod
    def of(cls, asked: Material, learnt: FewShot, coded: Flags) -> Covered:
        """From the segments `asked` of the learner, of which some are `coded`."""
        from sklearn.linear_model import LogisticRegression

        evidence = _evidence(asked, learnt.held)
        middle, spread = evidence.mean(axis=0), np.maximum(evidence.std(axis=0), EDGE)
        if coded.all():
            return cls(learnt, None, middle, spread)
        points = learnt.eye.see(asked)
        rows = _rows(points, evidence, middle, spread)
        return cls(learnt, LogisticRegression(C=SLACK, max_iter=300).fit(rows, coded), middle, spread)

    def chances(self, talk: Material, points: Points, judged: Judged) -> Scores:
        """The chance that a segment of `talk` carries any code, (n,); 1 where every known segment carries one."""
        if self.fitted is None:
            return np.ones(len(talk))
        rows = _rows(points, _evidence(talk, judged), self.middle, self.spread)
        found: Scores = self.fitted.predict_proba(rows)[:, 1]
        return found


def _rows(points: Points, evidence: Scores, middle: Scores, spread: Scores) -> Scores:
    """Meaning beside evidence in standard deviations, held to FAR: what is odder than all that is known is not
    judged by a line drawn through what is known."""
    return np.hstack([points.meaning, np.clip((evidence - middle) / spread, -FAR, FAR)])


def _evidence(talk: Material, judged: Judged) -> Scores:
    """(n, 5): all codes together, the best code, the nearest coded segments, the logarithm of the length."""
    together = np.logaddexp.reduce(judged.odds, axis=1)
    lengths = np.log([max(len(excerpt), 1) for excerpt in talk.excerpts])
    return np.column_stack([together, judged.odds.max(axis=1), judged.likeness, lengths])
