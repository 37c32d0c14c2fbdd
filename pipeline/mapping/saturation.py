"""What each group added, and an honest answer to "is it saturated?".

Guest, Namey & Chen (2020), A simple method to assess and report thematic saturation in qualitative research, PLoS ONE
15(5): new codes in a run of the latest groups over the codes of a base of the first groups; saturated where that
share is at or under a threshold. With a base of four and a run of two, fewer than six groups cannot show it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pipeline.domain.codebook import Codebook
from pipeline.domain.said import Said
from pipeline.domain.study import Study

BASE: Final = 4
RUN: Final = 2
THRESHOLD: Final = 0.05


@dataclass(frozen=True, slots=True)
class Gain:
    """A group in the order of the study: how many codes it speaks to, and which of them no earlier group did."""

    group: str
    codes: int
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Saturation:
    """What each group added; `sentence` says what may be concluded. `share` is None where nothing may be."""

    gains: tuple[Gain, ...]
    share: float | None
    sentence: str

    @property
    def assessable(self) -> bool:
        """Whether there are groups enough to say anything."""
        return self.share is not None


def saturation(study: Study, book: Codebook, said: Iterable[Said]) -> Saturation:
    """New codes group by group. Groups stand in order of their dates where all have one, else of the study."""
    group_of = {item.segment.id: item.group for item in said}
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
    return Saturation(tuple(gains), share, _sentence(len(gains), share))


def _in_order(study: Study, spoken: Iterable[str]) -> list[str]:
    present = set(spoken)
    groups = [group for group in study.groups if group.id in present]
    if all(group.date for group in groups):
        groups.sort(key=lambda group: str(group.date))
    return [group.id for group in groups]


def _share(gains: list[Gain]) -> float | None:
    base = sum(len(gain.new) for gain in gains[:BASE])
    if len(gains) < BASE + RUN or not base:
        return None
    return sum(len(gain.new) for gain in gains[-RUN:]) / base


def _sentence(groups: int, share: float | None) -> str:
    if share is None:
        counted = "1 group" if groups == 1 else f"{groups} groups"
        return (
            f"Saturation is not assessable with {counted}: the method of Guest, Namey & Chen (2020) compares the "
            f"last {RUN} groups with a base of the first {BASE}, so it needs at least {BASE + RUN}. The codes that "
            f"only one group spoke to may be the beginning of more."
        )
    verdict = "at or under" if share <= THRESHOLD else "above"
    return (
        f"The last {RUN} of {groups} groups added {share:.0%} new codes over the first {BASE}, {verdict} the "
        f"threshold of {THRESHOLD:.0%} (Guest, Namey & Chen 2020). It speaks of these codes in this order of "
        f"groups, no more."
    )
