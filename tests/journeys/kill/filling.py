"""A coder fills in the exported workbook: some of everything that its sheets ask for."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pipeline.review.sheet_layout import (
    BELONGS_TO,
    DECISION,
    DEFINITION,
    DROP,
    ID,
    MEMO,
    MERGE_INTO,
    MOVE_TO,
    NAME,
    REASON,
    STANCE,
    Tab,
)

from .acts import SHEET
from .script import code_of

Row = dict[str, str]
CANDIDATES: Final[tuple[Row, ...]] = (
    {DECISION: "accept", NAME: "Waiting", STANCE: "gap", MEMO: "Ask again"},
    {DECISION: "merge into", MERGE_INTO: "Partners"},
    {DECISION: "reject", REASON: "One voice only"},
    {DECISION: "accept"},
)
CODES: Final[tuple[Row, ...]] = ({DEFINITION: "Who turns up"}, {NAME: "First steps", MEMO: "Compare"})
FIRST: Final = code_of("accept-1")


def fill(home: Path) -> None:
    """Write decisions into the workbook in a home's outbox."""
    from openpyxl import load_workbook

    path = home / "outbox" / SHEET
    workbook = load_workbook(path)
    for tab, rows in ((Tab.CANDIDATES, CANDIDATES), (Tab.CODEBOOK, CODES)):
        for line, row in zip(workbook[tab.value].iter_rows(min_row=2), rows, strict=False):
            _write(workbook[tab.value], line, row)
    passages = workbook[Tab.SEGMENTS.value]
    titles = [cell.value for cell in passages[1]]
    mine = [line for line in passages.iter_rows(min_row=2) if line[titles.index(BELONGS_TO)].value == FIRST]
    assert titles.index(ID) == 0
    for line, row in zip(mine, ({DROP: "yes"}, {MOVE_TO: "Years"}), strict=False):
        _write(passages, line, row)
    workbook.save(path)


def _write(sheet: object, line: tuple[object, ...], row: Row) -> None:
    titles = [cell.value for cell in sheet[1]]  # type: ignore[index]
    for title, text in row.items():
        line[titles.index(title)].value = text  # type: ignore[attr-defined]
