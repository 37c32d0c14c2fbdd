"""Codes against questions, groups and roles, as tables whose shade says what their numbers mean."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.domain.codebook import Stance
from pipeline.domain.mapped import Cell, Matrix
from pipeline.domain.segment import OFF_GUIDE
from pipeline.report.source import BESIDE, Source

SHADES: Final = 5
BESIDE_SHORT: Final = "beside"


@dataclass(frozen=True, slots=True)
class GridCell:
    """A number with what else is known of it; `shade` from 0 (nothing) to 5."""

    segments: int
    speakers: int
    groups: int
    shade: int


@dataclass(frozen=True, slots=True)
class GridRow:
    """A code across the columns."""

    code: str
    name: str
    stance: Stance
    cells: tuple[GridCell, ...]
    total: GridCell


@dataclass(frozen=True, slots=True)
class Grid:
    """A matrix to be read: `columns` are (heading, its full text); `legend` says what number and shade mean."""

    id: str
    title: str
    legend: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[GridRow, ...]


def grids(source: Source) -> tuple[Grid, ...]:
    """Code by question, by group, by role and by each attribute. A study that states no role has no grid of roles."""
    mapped, questions = source.mapped, {item.id: item.text for item in source.study.questions}
    groups = source.group_names
    asked = _asked(mapped.by_question)
    present = max(1, len({item.group for item in source.said}))
    by_question = _grid(source, mapped.by_question, asked, lambda cell: len(cell.groups) / present)
    by_group = _grid(source, mapped.by_group, mapped.by_group.columns, _of_most(mapped.by_group))
    made = [
        Grid(
            "code-by-question",
            "Codes by question",
            "The number is how many speakers; the stronger its shade, the more of the groups they come from.",
            tuple(
                (BESIDE_SHORT, BESIDE) if item == OFF_GUIDE else (item, questions.get(item, item)) for item in asked
            ),
            by_question,
        ),
        Grid(
            "code-by-group",
            "Codes by group",
            "The number is how many speakers of the group; a stronger shade is more.",
            tuple((groups.get(column, column), groups.get(column, column)) for column in mapped.by_group.columns),
            by_group,
        ),
    ]
    if any(item.role for item in source.said):
        rows = _grid(source, mapped.by_role, mapped.by_role.columns, _of_most(mapped.by_role))
        legend = "The number is how many speakers in that role; a stronger shade is more."
        columns = tuple((column, column) for column in mapped.by_role.columns)
        made.append(Grid("code-by-role", "Codes by role", legend, columns, rows))
    return (*made, *(_by_attribute(source, place, key) for place, key in enumerate(mapped.by_attribute, start=1)))


def _by_attribute(source: Source, place: int, key: str) -> Grid:
    matrix, named = source.mapped.by_attribute[key], key.replace("_", " ")
    return Grid(
        f"code-by-attribute-{place}",
        f"Codes by {named}",
        f"The number is how many speakers of that {named}; a stronger shade is more.",
        tuple((column, column) for column in matrix.columns),
        _grid(source, matrix, matrix.columns, _of_most(matrix)),
    )


def _asked(by_question: Matrix) -> tuple[str, ...]:
    """The guide's questions, and talk beside the guide where some carries a code."""
    beside = any(by_question.cell(row, OFF_GUIDE).segments for row in by_question.rows)
    return tuple(column for column in by_question.columns if column != OFF_GUIDE or beside)


def _grid(
    source: Source, matrix: Matrix, columns: Sequence[str], share_of: Callable[[Cell], float]
) -> tuple[GridRow, ...]:
    totals: Mapping[str, Cell] = source.mapped.totals
    rows = []
    for code in matrix.rows:
        cells = tuple(_cell(matrix.cell(code, column), share_of) for column in columns)
        known = source.book.codes[code]
        rows.append(GridRow(code, known.name, known.stance, cells, _cell(totals[code], lambda _: 0.0)))
    return tuple(rows)


def _cell(cell: Cell, share_of: Callable[[Cell], float]) -> GridCell:
    shade = math.ceil(SHADES * min(1.0, share_of(cell))) if cell.segments else 0
    return GridCell(len(cell.segments), len(cell.speakers), len(cell.groups), shade)


def _of_most(matrix: Matrix) -> Callable[[Cell], float]:
    most = max(
        (len(matrix.cell(row, column).speakers) for row in matrix.rows for column in matrix.columns), default=1
    )
    return lambda cell: len(cell.speakers) / max(1, most)
