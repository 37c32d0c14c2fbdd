"""A filled-in workbook, read back with openpyxl: rows with something decided, and problems by sheet and row."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.domain.errors import FileRefused, Problem
from pipeline.review.sheet_layout import BELONGS_TO, COLUMNS, COVER_LABELS, FORMAT, ID, VERSION, Tab, book_marked

if TYPE_CHECKING:
    from openpyxl import Workbook

MOST_BYTES: Final = 300_000_000
"""Unpacked; a workbook of fifty groups is a tenth of it."""


@dataclass(frozen=True, slots=True)
class FilledRow:
    """A row in which a coder wrote something: `filled` holds only those cells, by column title."""

    tab: Tab
    row: int
    id: str
    belongs_to: str
    version: int
    filled: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FilledSheet:
    """A workbook as filled in: of which study and book, exported when, by whom, and the rows."""

    study: str
    exported: str
    coder: str
    book: str
    rows: tuple[FilledRow, ...]


def read_sheet(path: Path) -> tuple[FilledSheet, tuple[Problem, ...]]:
    """The rows a coder filled in, and what could not be read.

    Raises:
        FileRefused: it is no workbook, not one that Polyvocal exported, or nobody put a name to it.
    """
    with _opened(path) as workbook:
        cover = _cover(workbook, path)
        rows: list[FilledRow] = []
        problems: list[Problem] = []
        for tab in COLUMNS:
            if tab.value not in workbook.sheetnames:
                problems.append(Problem(tab.value, "The sheet is gone.", "Nothing was read from it; export anew."))
                continue
            found, wrong = _table(workbook, tab)
            rows.extend(found)
            problems.extend(wrong)
    name, study, exported, _, mark = cover
    return FilledSheet(study, exported, name, book_marked(mark), tuple(rows)), tuple(problems)


@contextmanager
def _opened(path: Path) -> Iterator[Workbook]:
    """The workbook; its sheets are parsed as they are read, so that what is broken may show at any time."""
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
        if size > MOST_BYTES:
            raise FileRefused(f"{path.name} unpacks to {size // 1_000_000} MB; that is no workbook of ours.")
        with closing(load_workbook(path, read_only=True)) as workbook:
            yield workbook
    except (OSError, EOFError, KeyError, ValueError, SyntaxError, zipfile.BadZipFile, zlib.error):
        # XML parsers report broken XML as a SyntaxError
        raise FileRefused(f"{path.name} cannot be read as a workbook. Save it as .xlsx and try again.") from None


def _cover(workbook: Workbook, path: Path) -> tuple[str, ...]:
    found: dict[str, str] = {}
    if Tab.COVER.value in workbook.sheetnames:
        for row in workbook[Tab.COVER.value].iter_rows(max_col=2, values_only=True):
            if len(row) > 1 and row[0] in COVER_LABELS:
                found.setdefault(str(row[0]), _text(row[1]))
    name, study, exported, layout, mark = (found.get(label, "") for label in COVER_LABELS)
    if layout != FORMAT or not study:
        raise FileRefused(f"{path.name} is not a workbook that this version exported. Export one and fill that in.")
    if not name:
        raise FileRefused(f"{path.name} does not say whose decisions it holds: put a name on its first sheet.")
    return name, study, exported, layout, mark


def _table(workbook: Workbook, tab: Tab) -> tuple[list[FilledRow], list[Problem]]:
    rows: list[FilledRow] = []
    problems: list[Problem] = []
    cells = workbook[tab.value].iter_rows()
    place = {_text(cell.value): index for index, cell in enumerate(next(cells, ()))}
    needed = [column.title for column in COLUMNS[tab] if column.fill_in or column.title in {ID, VERSION, BELONGS_TO}]
    if missing := [title for title in needed if title not in place]:
        lost = ", ".join(missing)
        return [], [Problem(tab.value, f"The columns {lost} are gone.", "Nothing was read from it; export anew.")]
    titles = [column.title for column in COLUMNS[tab] if column.fill_in]
    for number, line in enumerate(cells, start=2):
        where = f"{tab.value}, row {number}"
        row = {title: line[index] for title, index in place.items() if index < len(line)}
        filled = {title: _text(row[title].value) for title in titles if title in row and _text(row[title].value)}
        if not filled:
            continue
        problem = _problem(row, filled)
        if problem:
            problems.append(Problem(where, *problem))
            continue
        owner = _text(row[BELONGS_TO].value) if BELONGS_TO in row else ""
        version = int(str(row[VERSION].value))
        rows.append(FilledRow(tab, number, _text(row[ID].value), owner, version, filled))
    return rows, problems


def _problem(row: Mapping[str, Any], filled: Mapping[str, str]) -> tuple[str, str] | None:
    if ID not in row or not _text(row[ID].value):
        return "The row has no id.", "Write in the rows that were exported; new rows are not read."
    if VERSION not in row or not isinstance(row[VERSION].value, int):
        return "The row has lost its version.", "Export the workbook anew and fill that row in there."
    for title in filled:
        if row[title].data_type == "f":
            return f"{title} holds a formula.", "Write plain text; a text that begins with = needs a ' before it."
    return None


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
