"""Which segments a search is about: by group, role, question and speaker, and by what the viewer may see coded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.codebook import Coding
from pipeline.domain.said import Said

Codings = Mapping[tuple[str, str], Coding]
"""Codings by (segment, code), as one viewer sees them. They are asked for at each search and kept nowhere: what one
coder may see, another who works blind may not."""

NO_CODINGS: Final[Codings] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Filter:
    """What segments must have: in each field one of the values, where it names any.

    A speaker's name is that of everyone called so: name the group too where only one is meant. With both `codes` and
    `coders`, one of the coders gave one of the codes.
    """

    groups: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    questions: frozenset[str] = frozenset()
    speakers: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    coders: frozenset[str] = frozenset()


EVERYTHING: Final = Filter()

_DEAR: Final = 8
"""How many codings are gone through in the time that one is looked up."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One attribute of all segments: the number of its value for each, shape (n,), and the numbers by value."""

    numbers: NDArray[np.int32]
    values: Mapping[str, int]

    @classmethod
    def of(cls, values: Iterable[str]) -> Column:
        """The column of a value per segment."""
        known: dict[str, int] = {}
        numbers = np.fromiter((known.setdefault(value, len(known)) for value in values), dtype=np.int32)
        return cls(numbers, known)

    def among(self, wanted: Collection[str]) -> NDArray[np.bool_]:
        """Which segments have one of the wanted values, shape (n,)."""
        counts = np.zeros(len(self.values), dtype=np.bool_)
        counts[[self.values[value] for value in wanted if value in self.values]] = True
        return counts[self.numbers]


@dataclass(frozen=True, slots=True, eq=False)
class Facets:
    """What can be filtered without looking at any coding, for segments in order of talk."""

    groups: Column
    roles: Column
    questions: Column
    speakers: Column

    @classmethod
    def of(cls, said: Sequence[Said]) -> Facets:
        """The facets of segments."""
        return cls(
            groups=Column.of(item.group for item in said),
            roles=Column.of(item.role for item in said),
            questions=Column.of(item.question for item in said),
            speakers=Column.of(item.speaker for item in said),
        )

    def mask(self, within: Filter) -> NDArray[np.bool_]:
        """Which segments are in the groups, roles, questions and speakers named, shape (n,)."""
        mask = np.ones(len(self.groups.numbers), dtype=np.bool_)
        for column, wanted in (
            (self.groups, within.groups),
            (self.roles, within.roles),
            (self.questions, within.questions),
            (self.speakers, within.speakers),
        ):
            if wanted:
                mask &= column.among(wanted)
        return mask


def coded(
    mask: NDArray[np.bool_], rows: Mapping[str, int], ids: Sequence[str], within: Filter, codings: Codings
) -> NDArray[np.bool_]:
    """Those segments of `mask`, shape (n,), with a coding that the filter asks for; all where it asks for none.

    `ids` are the segments, `rows` where each stands among them. The codings may change meanwhile: they are looked up
    one by one, or copied before they are gone through.
    """
    if not within.codes and not within.coders:
        return mask
    if within.codes and _DEAR * np.count_nonzero(mask) * len(within.codes) < len(codings):
        having = [row for row in np.flatnonzero(mask).tolist() if _has_one(ids[row], within, codings)]
    else:
        having = [rows[segment] for segment in _segments(within, codings) if segment in rows]
    carries = np.zeros_like(mask)
    carries[having] = True
    return mask & carries


def _has_one(segment: str, within: Filter, codings: Codings) -> bool:
    given = (codings.get((segment, code)) for code in within.codes)
    return any(coding and (not within.coders or coding.coder in within.coders) for coding in given)


def _segments(within: Filter, codings: Codings) -> set[str]:
    """All segments with a coding that the filter asks for."""
    codes, coders = within.codes, within.coders
    if not coders:
        return {segment for segment, code in tuple(codings) if code in codes}
    given = (coding for coding in tuple(codings.values()) if coding.coder in coders)
    return {coding.segment for coding in given if not codes or coding.code in codes}
