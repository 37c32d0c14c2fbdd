"""Tables as text (.csv): the delimiter is told from the header row, the rest is strict."""

from __future__ import annotations

import csv
import io
from typing import Final

from pipeline.domain.errors import FileRefused
from pipeline.ingest.composing import Composer, Reading, ReadOptions
from pipeline.ingest.decoding import Decoded, decode
from pipeline.ingest.turn_table import Row, is_header, turn_table

DELIMITERS: Final = (",", ";", "\t")
_LOOKED_AT: Final = 10
PUNCTUATION: Final = "delimiters, quotes and line ends"

csv.field_size_limit(2**31 - 1)  # a turn may be long; the file as a whole is limited elsewhere


def read(data: bytes, *, options: ReadOptions) -> Reading:
    """The turns of a delimited table.

    Raises:
        FileRefused: the bytes are not text, the quoting is broken, or no header names the columns.
    """
    decoded = decode(data, options.encoding)
    delimiter = _delimiter(decoded.text)
    rows = _rows(decoded.text, delimiter)
    composer = Composer()
    decoded.itemise(composer.ledger)
    composer.drop(PUNCTUATION, _punctuation(decoded, rows, delimiter), "throughout")
    turn_table(rows, composer)
    return composer.done(decoded.characters)


def _delimiter(text: str) -> str:
    """The delimiter that brings out a header row, else the one that cuts the first lines into most cells."""
    lines = [line for line in text.split("\n") if line.strip()][:_LOOKED_AT]

    def promise(delimiter: str) -> tuple[bool, int]:
        rows = list(csv.reader(lines, delimiter=delimiter))
        return any(map(is_header, rows)), max(map(len, rows), default=0)

    return max(DELIMITERS, key=promise)


def _rows(text: str, delimiter: str) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [Row(number, tuple(cells)) for number, cells in enumerate(reader, start=1)]
    except csv.Error:
        raise FileRefused(
            f"The quotes in this table do not close as they should (near line {reader.line_num}). Open it in a "
            "spreadsheet program and save it again as CSV (UTF-8)."
        ) from None


def _punctuation(decoded: Decoded, rows: list[Row], delimiter: str) -> int:
    """Characters that separate cells: counted by what they are, so that a lost letter cannot hide among them."""
    marks = (delimiter, '"', "\n")
    inside = sum(cell.count(mark) for row in rows for cell in row.cells for mark in marks)
    return sum(decoded.text.count(mark) for mark in marks) - inside
