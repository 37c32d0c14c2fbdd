"""Codes against questions as a table whose shade says how widely each is shared."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.domain.codebook import Code
from pipeline.domain.mapped import Cell, Mapped
from pipeline.domain.segment import OFF_GUIDE

SHADES: Final = 5


@dataclass(frozen=True, slots=True)
class HeatCell:
    """The numbers behind a code among the answers to a question; `shade` from 0 (nothing) to 5."""

    question: str
    segments: int
    speakers: int
    groups: int
    shade: int


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A code across the questions, and over all talk."""

    code: str
    name: str
    stance: str
    cells: tuple[HeatCell, ...]
    total: HeatCell


def asked(mapped: Mapped) -> tuple[str, ...]:
    """The guide's questions, and talk beside the guide where some of it carries a code."""
    beside = any(cell.segments for (_, question), cell in mapped.by_question.cells.items() if question == OFF_GUIDE)
    return tuple(item for item in mapped.by_question.columns if item != OFF_GUIDE or beside)


def widely_shared(codes: Sequence[Code], mapped: Mapped) -> list[Code]:
    """Codes by how widely they are shared: most groups first, then speakers, then segments."""
    return sorted(codes, key=lambda code: mapped.totals[code.id].weight, reverse=True)


def heat(codes: Sequence[Code], mapped: Mapped, *, groups: int) -> tuple[HeatRow, ...]:
    """A row for each code. Its shade is the share of `groups` that speak to it; where there is one group, the share
    of the most speakers that any cell has."""
    share = _of_groups(groups) if groups > 1 else _of_most(mapped)
    questions = asked(mapped)
    rows = []
    for code in codes:
        cells = tuple(_cell(item, mapped.by_question.cell(code.id, item), share) for item in questions)
        total = _cell("", mapped.totals[code.id], share)
        rows.append(HeatRow(code.id, code.name, code.stance.value, cells, total))
    return tuple(rows)


def _cell(question: str, cell: Cell, share: Callable[[Cell], float]) -> HeatCell:
    shade = math.ceil(SHADES * min(1.0, share(cell))) if cell.segments else 0
    return HeatCell(question, len(cell.segments), len(cell.speakers), len(cell.groups), shade)


def _of_groups(groups: int) -> Callable[[Cell], float]:
    return lambda cell: len(cell.groups) / groups


def _of_most(mapped: Mapped) -> Callable[[Cell], float]:
    most = max((len(cell.speakers) for cell in mapped.by_question.cells.values()), default=1)
    return lambda cell: len(cell.speakers) / max(1, most)
