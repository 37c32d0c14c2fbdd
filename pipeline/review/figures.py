"""The agreement figures of a closed round: computed here and nowhere else, so that page and report say the same."""

from __future__ import annotations

from typing import Final

from pipeline.review.agreement.report import AgreementReport, agreement
from pipeline.review.comparing import Comparison, ratings

SEED: Final = 0
"""Of the resampling, so that a round shows the same intervals for good."""
MANY: Final = 20_000_000
"""Segments x codes x coders x coders from which on fewer resamples must do."""


def figures(comparison: Comparison) -> AgreementReport:
    """How far the coders of a closed round agreed; the same comparison gives the same figures. May take seconds."""
    data = ratings(comparison)
    work = len(data.units) * len(data.codes) * len(data.coders) ** 2
    return agreement(data, seed=SEED, resamples=1000 if work < MANY else 200)
