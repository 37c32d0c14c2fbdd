"""How much a suggestion changes what coders do: some segments, drawn by lot, are coded without seeing theirs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from math import sqrt
from typing import Final

from pipeline.domain.codebook import Codebook
from pipeline.domain.suggestion import ProposedCoding
from pipeline.review.worklist import in_use

FEWEST: Final = 10
"""Answers needed on either side before anything is estimated."""
Z95: Final = 1.959964


def is_control(study: str, segment: str, share: float) -> bool:
    """Whether a segment is drawn to be coded without a suggestion: with chance `share`, the same for everybody and
    for ever, whatever order segments come in."""
    drawn = int.from_bytes(sha256(f"{study}\n{segment}".encode()).digest()[:8], "big")
    return drawn < share * 2**64


@dataclass(frozen=True, slots=True)
class Arm:
    """Of `asked` codings that the machine proposed and coders answered, `taken` are on their segment."""

    taken: int
    asked: int

    @property
    def share(self) -> float:
        """The share taken, in [0, 1]; 0 without any."""
        return self.taken / self.asked if self.asked else 0.0


@dataclass(frozen=True, slots=True)
class Influence:
    """What coders did with the proposals they saw (`shown`), and with those they did not (`control`).

    `difference` is how much oftener a code is given because it is proposed; `low` and `high` are its 95% interval.
    All three are None where there are too few answers on either side: `sentence` says so.
    """

    shown: Arm
    control: Arm
    difference: float | None
    low: float | None
    high: float | None

    @property
    def sentence(self) -> str:
        """What may be concluded, in words."""
        if self.difference is None or self.low is None or self.high is None:
            return (
                f"Not assessable: it takes {FEWEST} answered proposals that coders saw and {FEWEST} that they did "
                f"not; there are {self.shown.asked} and {self.control.asked}."
            )
        more = "oftener" if self.difference >= 0 else "more seldom"
        return (
            f"A proposed code is given {abs(self.difference):.0%} {more} where coders see the proposal (95% interval "
            f"{self.low:+.0%} to {self.high:+.0%}): {self.shown.taken} of {self.shown.asked} seen, "
            f"{self.control.taken} of {self.control.asked} not seen."
        )


def influence(study: str, proposed: Iterable[ProposedCoding], book: Codebook, share: float) -> Influence:
    """The estimate over all proposed codings that were answered: by a yes, a no, or by coding the segment whole.

    Proposals of control segments count once somebody said to have coded the segment whole.
    """
    counts = {True: [0, 0], False: [0, 0]}
    for item in proposed:
        code = in_use(book, item.code)
        if code is None:
            continue
        drawn = is_control(study, item.segment, share)
        given = (item.segment, code) in book.codings
        refused = (item.segment, code) in book.removed or (item.segment, item.code) in book.removed
        if item.segment in book.committed or (not drawn and (given or refused)):
            counts[drawn][0] += given
            counts[drawn][1] += 1
    shown, control = Arm(*counts[False]), Arm(*counts[True])
    if min(shown.asked, control.asked) < FEWEST:
        return Influence(shown, control, None, None, None)
    low, high = difference_interval(shown, control)
    return Influence(shown, control, shown.share - control.share, low, high)


def difference_interval(one: Arm, other: Arm) -> tuple[float, float]:
    """The 95% interval of the difference of two independent shares, one - other: the hybrid score interval, method
    10 of Newcombe (1998), "Interval estimation for the difference between independent proportions", Statistics in
    Medicine 17."""
    low_one, high_one = _wilson(one)
    low_other, high_other = _wilson(other)
    difference = one.share - other.share
    down = sqrt((one.share - low_one) ** 2 + (high_other - other.share) ** 2)
    up = sqrt((high_one - one.share) ** 2 + (other.share - low_other) ** 2)
    return difference - down, difference + up


def _wilson(arm: Arm) -> tuple[float, float]:
    """The 95% score interval of one share (Wilson 1927)."""
    n, z = arm.asked, Z95
    middle = arm.share + z * z / (2 * n)
    half = z * sqrt(arm.share * (1 - arm.share) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
