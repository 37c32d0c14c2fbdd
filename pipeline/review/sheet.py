"""The coder's workbook, written with openpyxl: what waits for decisions, with white space to decide in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.domain.cells import height, put
from pipeline.domain.codebook import Codebook
from pipeline.domain.said import Said
from pipeline.domain.study import Study
from pipeline.domain.suggestion import ProposedCoding, Suggestion, SuggestionSet
from pipeline.review.rounds import book_of, whose
from pipeline.review.sheet_layout import (
    COLUMNS,
    COVER_LABELS,
    DECIDES_IN,
    FORMAT,
    GUIDANCE,
    Column,
    Tab,
    book_mark,
)
from pipeline.review.sheet_text import shortened
from pipeline.review.worklist import ExcerptOf, unconfirmed

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

Value = str | int | float

INK: Final = "1F2A37"
GREY: Final = "8A94A0"
PAPER: Final = "FFF6D6"
RULE: Final = "D9D3C3"
COVER_WIDTH: Final = 92
IN_NONE: Final = "in none"


@dataclass(frozen=True, slots=True)
class Stamp:
    """When the workbook was exported (ISO 8601) and for whom; `coder` "" leaves the name to be filled in."""

    at: str
    coder: str = ""


def export_sheet(
    path: Path,
    study: Study,
    stamp: Stamp,
    *,
    suggestions: SuggestionSet,
    unplaced: Iterable[str],
    book: Codebook,
    proposed: Iterable[ProposedCoding],
    versions: Mapping[str, int],
    excerpt_of: ExcerptOf,
) -> None:
    """Write the workbook a coder fills in at the desk. Ids are locked, cells to fill in are yellow.

    `book` is the codebook as the coder sees it; the workbook says whose book it is and goes back into no other.
    `unplaced` are the segments that are in no candidate that waits and carry no code (see `worklist.in_none`).
    """
    from openpyxl import Workbook

    workbook = Workbook()
    _cover(workbook, study, stamp, book)
    waiting = [item for item in suggestions.suggestions if not book.decided(item.id)]
    confirm, _ = unconfirmed(proposed, book)
    tables: dict[Tab, Iterable[Sequence[Value]]] = {
        Tab.CANDIDATES: (_candidate(item, versions, excerpt_of) for item in waiting),
        Tab.SEGMENTS: _segments(waiting, unplaced, book, versions, excerpt_of),
        Tab.CODEBOOK: _codes(book, versions),
        Tab.APPLIED: (_applied(item, book, versions, excerpt_of) for item in confirm),
    }
    for tab, rows in tables.items():
        _table(workbook.create_sheet(tab.value), COLUMNS[tab], rows)
    workbook.save(path)


def _candidate(item: Suggestion, versions: Mapping[str, int], excerpt_of: ExcerptOf) -> tuple[Value, ...]:
    return (
        item.id,
        versions.get(item.id, 0),
        item.name,
        ", ".join(item.keywords),
        "\n\n".join(_cited(excerpt_of(segment)) for segment in item.typical),
        "\n\n".join(_cited(excerpt_of(segment)) for segment in item.edge),
        len(item.segments),
        len(item.speakers),
        len(item.groups),
    )


def _segments(
    waiting: Iterable[Suggestion],
    unplaced: Iterable[str],
    book: Codebook,
    versions: Mapping[str, int],
    excerpt_of: ExcerptOf,
) -> Iterator[tuple[Value, ...]]:
    belonging = [(item.id, item.name, item.segments) for item in waiting]
    belonging += [(code.id, code.name, book.segments_of(code.id)) for code in book.active_codes]
    belonging.append(("", IN_NONE, tuple(unplaced)))
    for owner, name, segments in belonging:
        for segment in segments:
            yield (segment, versions.get(segment, 0), owner, name, *_place(excerpt_of(segment)))


def _codes(book: Codebook, versions: Mapping[str, int]) -> Iterator[tuple[Value, ...]]:
    for code in book.active_codes:
        carried = len(book.segments_of(code.id))
        yield code.id, versions.get(code.id, 0), code.name, code.definition, code.stance.value, carried


def _applied(
    item: ProposedCoding, book: Codebook, versions: Mapping[str, int], excerpt_of: ExcerptOf
) -> tuple[Value, ...]:
    named = (item.segment, versions.get(item.segment, 0), item.code, book.codes[item.code].name)
    return (*named, *_place(excerpt_of(item.segment)), round(item.confidence, 2))


def _place(said: Said) -> tuple[str, str, str, str]:
    return said.excerpt, said.group, said.speaker, said.question


def _cited(said: Said) -> str:
    return f"“{shortened(said.excerpt)}”\n{said.speaker}, {said.group}"


def _cover(workbook: Workbook, study: Study, stamp: Stamp, book: Codebook) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill, Protection

    sheet = workbook.worksheets[0]
    sheet.title = Tab.COVER.value
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 16, COVER_WIDTH
    sheet.sheet_view.showGridLines = False
    own = book_of(book, stamp.coder)
    marks = (stamp.coder, study.id, stamp.at, FORMAT, book_mark(own))
    values = {**dict(zip(COVER_LABELS, marks, strict=True)), DECIDES_IN: whose(book, own)}
    for row, line in enumerate((study.title, *GUIDANCE), start=1):
        cell = sheet.cell(row, 2)
        put(sheet.cell(row, 2), line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.font = Font(size=16 if row == 1 else 11, bold=row <= 2, color=INK)  # noqa: PLR2004 - title and heading
        sheet.row_dimensions[row].height = height([(line, COVER_WIDTH)]) + 8
    for row, (label, value) in enumerate(values.items(), start=len(GUIDANCE) + 3):
        put(sheet.cell(row, 1), label)
        put(sheet.cell(row, 2), value)
        sheet.cell(row, 1).font = Font(bold=True, color=INK)
        sheet.cell(row, 2).font = Font(color=GREY)
    name = sheet.cell(len(GUIDANCE) + 3, 2)
    name.fill, name.font = PatternFill("solid", fgColor=PAPER), Font(color=INK, bold=True)
    name.protection = Protection(locked=False)
    sheet.protection.enable()
    _fits_the_page(sheet)


def _table(sheet: Worksheet, columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    for place, column in enumerate(columns, start=1):
        put(sheet.cell(1, place), column.title)
        heading = sheet.cell(1, place)
        heading.fill, heading.font = PatternFill("solid", fgColor=INK), Font(bold=True, color="FFFFFF")
        heading.alignment = Alignment(vertical="center", wrap_text=True)
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = column.width
        sheet.column_dimensions[letter].hidden = column.hidden
    top = Alignment(wrap_text=True, vertical="top")
    rule = Border(bottom=Side("thin", color=RULE))
    ink, grey = Font(color=INK), Font(color=GREY, size=9)
    last = 1
    for last, row in enumerate(rows, start=2):
        for place, column in enumerate(columns, start=1):
            cell = sheet.cell(last, place)
            cell.alignment, cell.border, cell.font = top, rule, grey if column.grey else ink
            if place <= len(row):
                put(sheet.cell(last, place), row[place - 1])
        shown = zip(row, columns, strict=False)
        sheet.row_dimensions[last].height = height((str(value), column.width) for value, column in shown)
    sheet.freeze_panes = "D2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{max(last, 2)}"
    _to_fill_in(sheet, columns, last)
    _locked(sheet)


def _to_fill_in(sheet: Worksheet, columns: Sequence[Column], last: int) -> None:
    from openpyxl.styles import Border, PatternFill, Protection, Side
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    paper, free = PatternFill("solid", fgColor=PAPER), Protection(locked=False)
    rule = Side("thin", color=RULE)
    for place, column in enumerate(columns, start=1):
        if not column.fill_in or last == 1:
            continue
        letter = get_column_letter(place)
        for row in range(2, last + 1):
            cell = sheet.cell(row, place)
            cell.fill, cell.protection = paper, free
            cell.border = Border(bottom=rule, left=rule)
        if column.choices:
            choice = DataValidation("list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
            choice.error = f"Choose one of: {', '.join(column.choices)}."
            choice.add(f"{letter}2:{letter}{last}")
            sheet.add_data_validation(choice)


def _fits_the_page(sheet: Worksheet) -> None:
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.page_setup.orientation = "landscape"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0


def _locked(sheet: Worksheet) -> None:
    """Locked without a password: against slips, not against people. Widths, heights and filters stay free."""
    sheet.protection.enable()
    _fits_the_page(sheet)
    sheet.protection.formatColumns = sheet.protection.formatRows = sheet.protection.autoFilter = False
