"""Spreadsheets, read with openpyxl after their parts are bounded: the sheets that hold a table of turns."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
from typing import Final

from pipeline.domain.errors import FileRefused
from pipeline.ingest.composing import Composer, Reading, ReadOptions
from pipeline.ingest.refusing import damage_refused
from pipeline.ingest.turn_table import Row, turn_table
from pipeline.ingest.zipped import Bounds, Parts, check_xml, local, open_parts

DAMAGED: Final = ("This workbook is damaged", "Open it in a spreadsheet program and save it again.")

CELLS: Final = 2_000_000
"""Cells of one workbook, empty ones between filled ones included."""

EMPTY_ROWS: Final = 10_000
"""Empty rows together after which a sheet is refused."""

_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's day 0 has no time zone
_FIRST_YEAR: Final = 1901
_ESCAPED: Final = re.compile(r"_x(0009|000A|000D|005F)_", re.IGNORECASE)
"""White space and the underscore as a workbook writes them where XML would alter them; openpyxl leaves them so."""

_ASIDES: Final = {"comments": "comment", "threadedComments": "comment", "drawings": "drawing"}


@dataclass(frozen=True, slots=True)
class _SheetRow(Row):
    """A row that knows its sheet, where there are several."""

    sheet: str

    @property
    def where(self) -> str:
        """Its place in the file."""
        return f"sheet {self.sheet}, row {self.number}" if self.sheet else f"row {self.number}"


def read(data: bytes, *, options: ReadOptions) -> Reading:
    """A .xlsx as turns. Characters are those of the cells as text, times as h:mm:ss, and of comments and drawings.

    Raises:
        FileRefused: no workbook, damaged, protected, too large, or no sheet is a table of turns.
    """
    parts = open_parts(data, options.limits)
    if "xl/workbook.xml" not in parts:
        raise FileRefused("This file is a zip but no Excel workbook. Check its name, or save it again as .xlsx.")
    formulas = _bounded(parts)
    composer = Composer()
    sheets = _sheets(data, composer, computed=True)
    counted = sum(len(cell) for rows in sheets for row in rows for cell in row.cells) + _asides(parts, composer)
    _compose(sheets, composer)
    if formulas:
        _warn_of_formulas(sheets, _sheets(data, Composer(), computed=False), composer)
    return composer.done(counted)


def _compose(sheets: list[list[Row]], composer: Composer) -> None:
    refusals: list[tuple[list[Row], FileRefused]] = []
    read_any = False
    for rows in sheets:
        try:
            turn_table(rows, composer)
            read_any = True
        except FileRefused as refusal:
            refusals.append((rows, refusal))
    if not read_any:
        raise next((refusal for rows, refusal in refusals if rows), FileRefused("This workbook holds no text."))
    for rows, _ in refusals:
        if rows:
            characters = sum(len(cell) for row in rows for cell in row.cells)
            composer.drop("sheet without turns", characters, f"{rows[0].where} to {rows[-1].where}")
            composer.warn(f"A sheet was left out because no row names a speaker and a text column ({rows[0].where}).")


def _sheets(data: bytes, composer: Composer, *, computed: bool) -> list[list[Row]]:
    """Every sheet's filled rows: with the values last computed, or with the formulas."""
    from openpyxl import load_workbook

    with damage_refused(*DAMAGED):
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=computed)
        several = len(book.worksheets) > 1
        sheets: list[list[Row]] = []
        cells = 0
        for number, sheet in enumerate(book.worksheets, start=1):
            label = str(number) if several else ""
            if sheet.sheet_state != "visible":
                composer.warn(f"Sheet {number} is hidden in the workbook; it was read like the others.")
            sheet.reset_dimensions()  # a file's own claim of its size is not believed
            rows: list[Row] = []
            for row in _filled(sheet.iter_rows(values_only=True), label):
                cells += len(row.cells)
                if cells > CELLS:
                    raise FileRefused(
                        f"This workbook holds more than {CELLS:,} cells, as no transcript does. Copy the transcript "
                        "into a new workbook and save that."
                    )
                rows.append(row)
            sheets.append(rows)
        book.close()
        return sheets


def _filled(values: Iterable[tuple[object, ...]], label: str) -> Iterator[Row]:
    """Rows that are not empty; their numbers are the sheet's own."""
    empty = 0
    for number, row in enumerate(values, start=1):
        cells = tuple(_text(value) for value in row)
        empty = 0 if any(cells) else empty + 1
        if empty > EMPTY_ROWS:
            raise FileRefused(
                f"A sheet of this workbook holds over {EMPTY_ROWS:,} empty rows together. Delete them, or copy the "
                "transcript into a new workbook and save that."
            )
        if not empty:
            yield _SheetRow(number, cells, label)


def _text(value: object) -> str:  # noqa: PLR0911 - one answer per kind of value
    """A cell's value as the sheet shows it, times as h:mm:ss; "=" for a formula."""
    match value:
        case None:
            return ""
        case str():
            return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
        case bool():
            return str(value).upper()
        case int() | float():
            return f"{value:.15g}"
        case timedelta():
            return _clock(value)
        case time():
            return _clock(timedelta(hours=value.hour, minutes=value.minute, seconds=value.second))
        case datetime() if value.year < _FIRST_YEAR:
            return _clock(value - _EPOCH)
        case date():
            return value.isoformat()
        case _:
            return "="


def _clock(since: timedelta) -> str:
    minutes, seconds = divmod(round(since.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def _bounded(parts: Parts) -> bool:
    """Unpacks and parses every part once within the limits; returns whether any sheet holds formulas."""
    formulas = False
    for name in sorted(parts.names):
        content = parts.read(name) if not name.endswith("/") else b""
        sheet = name.startswith("xl/worksheets/")
        if name.endswith((".xml", ".rels", ".vml")):
            check_xml(content, name, _InOrder(name) if sheet else Bounds(name))
        formulas = formulas or (sheet and (b"<f>" in content or b"<f " in content))
    parts.unpacked = 0
    return formulas


class _InOrder(Bounds):
    """Bounds for a sheet: of rows and cells that do not stand in order openpyxl would pass over some."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._row = 0
        self._column = (0, "")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """One element deeper."""
        super().start(tag, attributes)
        kind, place = tag.rpartition("}")[2], attributes.get("r", "")
        if kind == "row":
            number = int(place[:9]) if place.isdecimal() else self._row + 1
            in_order, self._row, self._column = number > self._row, number, (0, "")
        elif kind == "c" and place:
            letters = place.rstrip("0123456789").upper()
            column = (len(letters), letters)
            in_order, self._column = column > self._column, column
        else:
            return
        if not in_order:
            raise FileRefused(
                "The rows or cells of a sheet in this workbook do not stand in order, so some would be lost. Open it "
                "in a spreadsheet program and save it again."
            )


def _asides(parts: Parts, composer: Composer) -> int:
    """Drops comments and drawings, part by part; returns their characters."""
    total, kinds = 0, Counter[str]()
    for name in sorted(parts.names):
        folder = name.removeprefix("xl/")
        kind = next((kind for beginning, kind in _ASIDES.items() if folder.startswith(beginning)), None)
        if kind is None or not name.endswith(".xml"):
            continue
        texts = [element.text or "" for element in parts.xml(name).iter() if local(element) in {"t", "text"}]
        composer.drop(kind, sum(map(len, texts)), name)
        kinds[kind] += sum(1 for text in texts if text)
        total += sum(map(len, texts))
    if total:
        found = ", ".join(kind for kind, count in kinds.items() if count)
        composer.warn(f"Left out as no part of the talk: {found}. The account lists each with its place.")
    return total


def _warn_of_formulas(sheets: list[list[Row]], written: list[list[Row]], composer: Composer) -> None:
    for rows, formulas in zip(sheets, written, strict=False):
        values = {row.number: row.cells for row in rows}
        lost = [row for row in formulas if _uncomputed(row.cells, values.get(row.number, ()))]
        if lost:
            composer.warn(
                f"Formulas whose result was never saved were read as empty cells ({len(lost)} in all, first "
                f"in {lost[0].where}). Open the workbook in a spreadsheet program, save it, and import it again."
            )


def _uncomputed(formulas: Sequence[str], values: Sequence[str]) -> bool:
    found = zip_longest(formulas, values, fillvalue="")
    return any(formula.startswith("=") and not value for formula, value in found)
