"""Approved codes counted by question, group and role: what a report is written from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pipeline.domain.codebook import Stance


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands behind a number: segment ids in order of talk; speakers as "group/speaker"; group ids."""

    segments: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    @property
    def weight(self) -> tuple[int, int, int]:
        """How widely it is shared: groups before speakers before segments."""
        return len(self.groups), len(self.speakers), len(self.segments)


EMPTY: Final = Cell()


@dataclass(frozen=True, slots=True)
class Matrix:
    """Codes (rows, by id) against questions, groups or roles (columns). A cell that is not there is empty."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]

    def cell(self, row: str, column: str) -> Cell:
        """What the code of a row has in a column."""
        return self.cells.get((row, column), EMPTY)


@dataclass(frozen=True, slots=True)
class Share:
    """A code among the answers to a question, with its stance."""

    code: str
    stance: Stance
    cell: Cell


@dataclass(frozen=True, slots=True)
class Mapped:
    """Codes by question, group and role. `totals` are per code over all talk; `answers` per question, codes most
    groups first, then speakers, then segments. `unplaced` are coded segments that were left out since, or are a
    moderator's. `by_attribute` holds a matrix for each attribute by which groups or participants can be compared."""

    by_question: Matrix
    by_group: Matrix
    by_role: Matrix
    totals: Mapping[str, Cell]
    answers: Mapping[str, tuple[Share, ...]]
    unplaced: tuple[str, ...]
    by_attribute: Mapping[str, Matrix] = field(default_factory=dict)
