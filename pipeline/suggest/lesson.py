"""One lesson: codes learnt from what people decided, and what they say of the rest of the talk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline.domain.segment import OFF_GUIDE
from pipeline.suggest.learning import Learnt, NameVectors, Reading
from pipeline.suggest.material import Material

WORTH_SAYING: Final = 0.15
"""Chance from which on a code is suggested for a segment."""
LIKELY: Final = 0.3
"""Chance from which on a segment is shown to its code."""
SUGGESTED: Final = 3
GATHERED: Final = 100
"""Segments kept for one code."""
ASKED: Final = 30
"""Segments in a batch of those whose codes would teach most."""

Sure = tuple[tuple[str, float], ...]
"""Codes of a segment, or segments of a code, each with its chance in [0, 1]."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is learnt from, and what is asked.

    `known` holds the coded segments and those of which people said that they carry no code (`bare`), with their
    neighbours; `codings` maps the former to their codes, `names` codes to unit vectors (d,). `order` holds the
    segments that are asked about, and where each comes in the talk. A pair in `removed` was refused and is not said
    again. At most `most` segments are learnt from.
    """

    known: Material
    codings: Mapping[str, tuple[str, ...]]
    bare: frozenset[str]
    names: NameVectors
    order: Mapping[str, int]
    removed: frozenset[tuple[str, str]]
    most: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """`fits`: the likeliest codes of each segment, surest first; `gathers`: the segments that each code may gather;
    `asks`: the segments whose codes would teach most, in order of talk."""

    fits: Mapping[str, Sure]
    gathers: Mapping[str, Sure]
    asks: tuple[str, ...]


def teach(task: Task, *groups: Material) -> Outcome | None:
    """What there is to say of the segments asked about, which `groups` hold with their neighbours, a focus group
    each; None where no segment carries a code. The same for the same task."""
    learnt = Learnt.of(task.known, task.codings, bare=task.bare, names=task.names, most=task.most)
    if learnt is None:
        return None
    fits: dict[str, Sure] = {}
    gathers: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
    doubts: dict[str, float] = {}
    for group in groups:
        reading = learnt.read(group).of(task.order.keys())
        _note(reading, task.removed, fits, gathers)
        off_guide = {item for item, question in zip(group.ids, group.questions, strict=True) if question == OFF_GUIDE}
        doubts |= {item: doubt for item, doubt in _doubts(reading).items() if item not in off_guide}
    asked = sorted(doubts, key=lambda item: (-doubts[item], task.order[item]))[:ASKED]
    return Outcome(
        fits,
        {code: _surest(found, task.order) for code, found in gathers.items()},
        tuple(sorted(asked, key=task.order.__getitem__)),
    )


def _surest(found: Iterable[tuple[str, float]], order: Mapping[str, int]) -> Sure:
    return tuple(sorted(found, key=lambda item: (-item[1], order[item[0]]))[:GATHERED])


def _note(
    reading: Reading,
    removed: Collection[tuple[str, str]],
    fits: dict[str, Sure],
    gathers: defaultdict[str, list[tuple[str, float]]],
) -> None:
    for segment, row in zip(reading.segments, reading.chances, strict=True):
        places = [place for place in np.argsort(-row, kind="stable") if row[place] >= WORTH_SAYING]
        found = [(reading.codes[place], round(float(row[place]), 2)) for place in places]
        open_ones = [(code, chance) for code, chance in found if (segment, code) not in removed]
        if open_ones:
            fits[segment] = tuple(open_ones[:SUGGESTED])
        for code, chance in open_ones:
            if chance >= LIKELY:
                gathers[code].append((segment, chance))


def _doubts(reading: Reading) -> dict[str, float]:
    """How much an answer would teach: a code is likely, and which one is open (margin sampling, Scheffer 2001)."""
    if len(reading.codes) < 2:  # noqa: PLR2004 - with one code nothing is open
        return {}
    two = -np.partition(-reading.given, 1, axis=1)[:, :2]
    doubt = reading.covered * (1 - (two[:, 0] - two[:, 1]))
    return dict(zip(reading.segments, doubt.tolist(), strict=True))
