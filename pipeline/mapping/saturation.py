"""What each group added, and an honest answer to "is it saturated?".

Guest, Namey & Chen (2020), A simple method to assess and report thematic saturation in qualitative research, PLoS ONE
15(5): new codes in a run of the latest groups over the codes of a base of the first groups; saturated where that
share is at or under a threshold. With a base of four and a run of two, fewer than six groups cannot show it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Final

from pipeline.domain.codebook import Codebook
from pipeline.domain.counted import counted
from pipeline.domain.said import Said
from pipeline.domain.study import Study

BASE: Final = 4
RUN: Final = 2
THRESHOLD: Final = 0.05
MOST_ORDERS: Final = 20_000
"""Beyond so many ways to choose base and run, so many are drawn at random."""

_YEAR_FIRST: Final = re.compile(r"\d{4}(?:-\d\d(?:-\d\d|$)|$)", re.ASCII)
"""Dates that stand in order as texts; "14 March 2026" does not."""


@dataclass(frozen=True, slots=True)
class Gain:
    """A group in the order of the study: how many codes it speaks to, and which of them no earlier group did."""

    group: str
    codes: int
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Saturation:
    """What each group added; `sentence` says what may be concluded. `share` is None where nothing may be.

    `expected` is how many codes the first 1, 2, … groups speak to, as a mean over all orders of the groups.
    `saturated_orders` is the share of orders in which the last run adds no more than the threshold, in [0, 1]; None
    where nothing may be concluded.
    """

    gains: tuple[Gain, ...]
    share: float | None
    sentence: str
    expected: tuple[float, ...] = ()
    saturated_orders: float | None = None

    @property
    def assessable(self) -> bool:
        """Whether there are groups enough to say anything."""
        return self.share is not None


def saturation(study: Study, book: Codebook, said: Iterable[Said]) -> Saturation:
    """New codes group by group. Groups stand in order of their dates where all have one that begins with the year,
    else of the study. What a moderator says carries no code."""
    group_of = {item.segment.id: item.group for item in said if not item.segment.moderator}
    spoken: dict[str, dict[str, None]] = {}
    for code in book.active_codes:
        for segment in book.segments_of(code.id):
            if segment in group_of:
                spoken.setdefault(group_of[segment], {})[code.id] = None
    known: set[str] = set()
    gains = []
    for group in _in_order(study, spoken):
        new = tuple(code for code in spoken[group] if code not in known)
        known.update(new)
        gains.append(Gain(group, len(spoken[group]), new))
    share = _share(gains)
    codes = [frozenset(found) for found in spoken.values()]
    agreed = None if share is None else saturated_orders(codes)
    return Saturation(tuple(gains), share, _sentence(len(gains), share), expected_codes(codes), agreed)


def expected_codes(groups: Sequence[Collection[str]]) -> tuple[float, ...]:
    """How many different codes k of the groups speak to, for k = 1, 2, …, as a mean over all orders; exact.

    A code of m groups is missing from k of n groups with chance C(n - m, k) / C(n, k): sample-based rarefaction
    (Colwell, Mao & Chang 2004, "Interpolating, extrapolating, and comparing incidence-based species accumulation
    curves", Ecology 85).
    """
    count = len(groups)
    spread: dict[str, int] = {}
    for codes in groups:
        for code in set(codes):
            spread[code] = spread.get(code, 0) + 1
    return tuple(
        sum(1 - comb(count - times, first) / comb(count, first) for times in spread.values())
        for first in range(1, count + 1)
    )


def saturated_orders(groups: Sequence[Collection[str]]) -> float | None:
    """The share of orders in which the last RUN groups add at most THRESHOLD of the codes of the first BASE; None
    with fewer than BASE + RUN groups or where no order has a code in its base.

    What the last groups add depends on which they are, not on the order before them, so that ways to choose base and
    run stand for all orders.
    """
    sets = [frozenset(codes) for codes in groups]
    if len(sets) < BASE + RUN:
        return None
    kept = [_adds_little(sets, base, run) for base, run in _choices(len(sets))]
    counted = [item for item in kept if item is not None]
    return sum(counted) / len(counted) if counted else None


def _adds_little(sets: Sequence[frozenset[str]], base: Sequence[int], run: Sequence[int]) -> bool | None:
    first = frozenset[str]().union(*(sets[place] for place in base))
    before = frozenset[str]().union(*(codes for place, codes in enumerate(sets) if place not in run))
    last = frozenset[str]().union(*(sets[place] for place in run))
    return len(last - before) <= THRESHOLD * len(first) if first else None


def _choices(count: int) -> Iterator[tuple[Sequence[int], Sequence[int]]]:
    """(base, run) places: every choice, or MOST_ORDERS drawn with a fixed seed where there are more."""
    places = range(count)
    if comb(count, BASE) * comb(count - BASE, RUN) <= MOST_ORDERS:
        for base in combinations(places, BASE):
            for run in combinations([place for place in places if place not in base], RUN):
                yield base, run
        return
    drawn = random.Random(0)  # noqa: S311 - a draw of orders, no secret
    for _ in range(MOST_ORDERS):
        chosen = drawn.sample(places, BASE + RUN)
        yield chosen[:BASE], chosen[BASE:]


def _in_order(study: Study, spoken: Iterable[str]) -> list[str]:
    present = set(spoken)
    groups = [group for group in study.groups if group.id in present]
    if all(_YEAR_FIRST.match(group.date or "") for group in groups):
        groups.sort(key=lambda group: str(group.date))
    return [group.id for group in groups]


def _share(gains: list[Gain]) -> float | None:
    base = sum(len(gain.new) for gain in gains[:BASE])
    if len(gains) < BASE + RUN or not base:
        return None
    return sum(len(gain.new) for gain in gains[-RUN:]) / base


def _sentence(groups: int, share: float | None) -> str:
    if share is None:
        return (
            f"Saturation is not assessable with {counted(groups, 'group')}: the method of Guest, Namey & Chen (2020) "
            f"compares the last {RUN} groups with a base of the first {BASE}, so it needs at least {BASE + RUN}. The "
            f"codes that only one group spoke to may be the beginning of more."
        )
    verdict = "at or under" if share <= THRESHOLD else "above"
    return (
        f"The last {RUN} of {groups} groups added {share:.0%} new codes over the first {BASE}, {verdict} the "
        f"threshold of {THRESHOLD:.0%} (Guest, Namey & Chen 2020). It speaks of these codes in this order of "
        f"groups, no more."
    )
