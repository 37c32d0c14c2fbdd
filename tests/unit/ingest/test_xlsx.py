"""What the .xlsx reader promises: the sheets that hold turns, times as times, every other cell accounted for."""

import io
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

from pipeline.domain.errors import FileRefused
from pipeline.ingest import xlsx
from pipeline.ingest.composing import Reading, ReadOptions
from tests.unit.ingest.test_hostile_files import cell, titles, workbook

TURNS = [
    ("Time", "Speaker", "Text", "Note"),
    (time(0, 0, 12), "Moderator", "Who helped?", 1),
    (timedelta(hours=25, seconds=5), "P4", "Nobody.", None),
]


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def book_of(*sheets: list[tuple[Any, ...]]) -> Workbook:
    book = Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    return book


def read(book: Workbook) -> Reading:
    return xlsx.read(saved(book), options=ReadOptions(".xlsx"))


def conversation(reading: Reading) -> list[str]:
    return [f"{turn.speaker}: {reading.text[turn.start : turn.end]}" for turn in reading.turns]


def test_reads_turns_with_their_times_and_rows() -> None:
    reading = read(book_of(TURNS))
    assert conversation(reading) == ["Moderator: Who helped?", "P4: Nobody."]
    assert [(turn.at, turn.where) for turn in reading.turns] == [(12.0, "row 2"), (90005.0, "row 3")]
    assert reading.account.by_kind()['column "Note"'] == 1


def test_reads_every_sheet_of_turns_and_names_the_others() -> None:
    reading = read(book_of([("Tags",), ("1 - None",)], TURNS, [("Speaker", "Text"), ("Ana", "Yes.")]))
    assert [turn.where for turn in reading.turns] == ["sheet 2, row 2", "sheet 2, row 3", "sheet 3, row 2"]
    assert reading.account.by_kind()["sheet without turns"] == 12
    assert any("sheet 1" in warning for warning in reading.account.warnings)


def test_a_merged_speaker_cell_speaks_all_its_rows() -> None:
    book = book_of([("Speaker", "Text"), ("Ana", "We left."), ("", "In May."), ("Eva", "Ah.")])
    book.worksheets[0].merge_cells("A2:A3")
    assert conversation(read(book)) == ["Ana: We left.", "Ana: In May.", "Eva: Ah."]


def test_warns_of_formulas_without_a_result_and_of_comments() -> None:
    book = book_of([("Speaker", "Text"), ("Ana", "Yes."), ("Eva", '="No"')])
    book.worksheets[0]["B2"].comment = Comment("check", "coder")
    reading = read(book)
    assert conversation(reading) == ["Ana: Yes."]
    assert any("1 in all, first in row 3" in warning for warning in reading.account.warnings)
    assert reading.account.by_kind()["comment"] == 5


def test_a_workbook_without_a_table_of_turns_is_refused() -> None:
    with pytest.raises(FileRefused, match="Name one column speaker"):
        read(book_of([("a", "b"), ("c", "d")]))


def test_reads_line_ends_as_workbooks_write_them() -> None:
    """Excel writes the carriage return of a text that was pasted in as _x000D_."""
    reading = read(book_of([("Speaker", "Text"), ("Ana", "We left._x000D_\nAll of us."), ("Eva", "a_x005F_x000D_b")]))
    assert conversation(reading) == ["Ana: We left. All of us.", "Eva: a_x000D_b"]


@pytest.mark.parametrize(
    "rows",
    [
        workbook(
            titles() + "".join(f'<row r="2">{cell("A2", name)}{cell("B2", "Yes.")}</row>' for name in ("A", "B"))
        ),
        workbook(titles() + f'<row r="5">{cell("B5", "Yes.")}</row><row r="3">{cell("B3", "No.")}</row>'),
        workbook(titles() + f'<row r="2">{cell("B2", "Yes.")}{cell("B2", "No.")}</row>'),
        workbook(titles() + f'<row r="2">{cell("AA2", "Yes.")}{cell("B2", "No.")}</row>'),
    ],
    ids=["a row twice", "a row before its place", "a cell twice", "a cell before its place"],
)
def test_a_sheet_out_of_order_is_refused(rows: bytes) -> None:
    """openpyxl would read on and pass over a part of it."""
    with pytest.raises(FileRefused, match="do not stand in order"):
        xlsx.read(rows, options=ReadOptions(".xlsx"))


@pytest.mark.shared
def test_loses_no_cell_of_real_workbooks(shared_dir: Path) -> None:
    files = sorted((shared_dir / "transcripts").glob("talkmoves_*.xlsx"))
    assert len(files) == 2
    for file in files:
        reading = xlsx.read(file.read_bytes(), options=ReadOptions(".xlsx"))
        cells = [cell for sheet in load_workbook(file) for row in sheet.iter_rows(values_only=True) for cell in row]
        assert reading.account.characters_in == sum(len(_shown(cell)) for cell in cells if cell is not None)
        assert len({turn.speaker for turn in reading.turns}) > 2


def _shown(cell: Any) -> str:
    return f"{cell:.15g}" if isinstance(cell, (int, float)) else str(cell)
