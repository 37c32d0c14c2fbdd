"""How much a suggestion changes what coders do: some segments, drawn by lot, are coded without seeing theirs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from math import inf, sqrt
from typing import Final

from pipeline.domain.codebook import Codebook
from pipeline.domain.counted import counted
from pipeline.domain.decision import TEAM, Decision, Kind, effective
from pipeline.domain.suggestion import ProposedCoding
from pipeline.review.worklist import in_use

FEWEST: Final = 10
"""Segments needed on either side before anything is estimated."""
Z95: Final = 1.959964


def is_control(study: str, segment: str, share: float) -> bool:
    """Whether a segment is drawn to be coded without a suggestion: with chance `share`, the same for everybody and
    for ever, whatever order segments come in."""
    drawn = int.from_bytes(sha256(f"{study}\n{segment}".encode()).digest()[:8], "big")
    return drawn < share * 2**64


def kept_back(study: str, segment: str, *, withhold: bool, share: float) -> bool:
    """Whether what the machine says of a segment waits until the segment is coded whole: where the study withholds
    all of it, and for the segments that the lot fell on."""
    return withhold or is_control(study, segment, share)


def open_proposals(
    study: str, proposed: Iterable[ProposedCoding], coded: Collection[str], *, withhold: bool, share: float
) -> tuple[ProposedCoding, ...]:
    """The proposed codings that may be shown to whoever has `coded` these segments whole."""
    return tuple(
        item
        for item in proposed
        if item.segment in coded or not kept_back(study, item.segment, withhold=withhold, share=share)
    )


@dataclass(frozen=True, slots=True)
class Arm:
    """Of `asked` segments that were coded whole, `taken` got the code that the machine proposed for them."""

    taken: int
    asked: int

    @property
    def share(self) -> float:
        """The share taken, in [0, 1]; 0 without any."""
        return self.taken / self.asked if self.asked else 0.0


@dataclass(frozen=True, slots=True)
class Influence:
    """What coders did where they saw the proposal (`shown`), and where they did not (`control`).

    `difference` of the shares is how much seeing it adds; `low` and `high` are its 95% interval.
    All three are None where there are too few segments on either side: `sentence` says so.
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
                f"Not assessable: it takes {FEWEST} segments coded whole by coders who saw the proposed code and "
                f"{FEWEST} by coders who did not; there are {self.shown.asked} and {self.control.asked}."
            )
        points = round(100 * abs(self.difference))
        more = "more" if self.difference >= 0 else "less"
        return (
            f"A proposed code is given {counted(points, 'percentage point')} {more} often where coders "
            f"see it (95% interval {100 * self.low:+.0f} to {100 * self.high:+.0f}): on {self.shown.taken} of "
            f"{self.shown.asked} segments where they did, on {self.control.taken} of {self.control.asked} where they "
            f"did not."
        )


def influence(
    study: str, proposed: Iterable[ProposedCoding], decisions: Sequence[Decision], book: Codebook, share: float
) -> Influence:
    """The estimate over segments that somebody coded whole: whether the first who did gave the code that the machine
    was surest of. `decisions` are those that touched these segments, `book` is the team's.

    A coder who finds the answer of another to a proposal judges more than the proposal. Such segments are left out;
    and because the surest are answered first, so is on either side whatever is as sure of the same code: what is
    left of the two sides differs by the lot alone.
    """
    codings = _by_segment(proposed, book)
    log = effective([item for item in decisions if item.draft.book == TEAM])
    firsts = _first_commits(log)
    reached = _reached_by_others(log, firsts, codings, book)
    counts = {True: [0, 0], False: [0, 0]}
    for segment, first in firsts.items():
        there = codings.get(segment, ())
        if there and all(item.confidence < reached.get(item.code, inf) for item in there):
            surest = max(there, key=lambda item: (item.confidence, item.code))
            count = counts[is_control(study, segment, share)]
            count[0] += surest.code in {in_use(book, code) for code in first.payload["codes"]}
            count[1] += 1
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


def _by_segment(proposed: Iterable[ProposedCoding], book: Codebook) -> Mapping[str, Sequence[ProposedCoding]]:
    """The proposed codings of each segment, under the codes in use."""
    found: defaultdict[str, list[ProposedCoding]] = defaultdict(list)
    for item in proposed:
        if code := in_use(book, item.code):
            found[item.segment].append(replace(item, code=code))
    return found


def _first_commits(log: Iterable[Decision]) -> Mapping[str, Decision]:
    """By segment the first decision that says it is coded whole."""
    firsts: dict[str, Decision] = {}
    for item in log:
        if item.kind is Kind.COMMIT:
            firsts.setdefault(item.subject, item)
    return firsts


def _reached_by_others(
    log: Iterable[Decision],
    firsts: Mapping[str, Decision],
    codings: Mapping[str, Sequence[ProposedCoding]],
    book: Codebook,
) -> Mapping[str, float]:
    """By code the lowest confidence of a proposal to which another coder had said yes or no before its segment was
    coded whole."""
    reached: dict[str, float] = {}
    for item in log:
        first = firsts.get(item.subject)
        if item.kind not in {Kind.APPLY, Kind.REMOVE} or first is None:
            continue
        if item.seq < first.seq and item.draft.coder != first.draft.coder:
            code = in_use(book, item.payload["code"])
            answered = [there.confidence for there in codings.get(item.subject, ()) if there.code == code]
            if code and answered:
                reached[code] = min(reached.get(code, inf), *answered)
    return reached


def _wilson(arm: Arm) -> tuple[float, float]:
    """The 95% score interval of one share (Wilson 1927)."""
    n, z = arm.asked, Z95
    middle = arm.share + z * z / (2 * n)
    half = z * sqrt(arm.share * (1 - arm.share) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
