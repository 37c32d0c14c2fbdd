"""The workbook holds every number with the codings behind it, and runs nothing."""

import io
import zipfile

import pytest
from openpyxl import load_workbook

from pipeline.domain.decision import Kind
from pipeline.domain.suggestion import Suggestion, SuggestionSet
from pipeline.report.findings import findings
from pipeline.report.repeatable import EPOCH
from pipeline.report.xlsx import xlsx
from tests.unit.report.made import TALK, code_of, drafted, source, with_attributes


def opened(made):
    return load_workbook(io.BytesIO(xlsx(findings(made), made)))


def test_the_sheets_are_there_and_each_coding_has_its_row():
    made = source()
    book = opened(made)
    rows = [[cell.value for cell in row] for row in book["Codings"].iter_rows(min_row=2)]

    assert book.sheetnames == [
        *("Findings", "Code \u00d7 question", "Code \u00d7 group", "Code \u00d7 role"),
        *("Codings", "Codebook", "Decisions", "Methods"),
    ]
    assert len(rows) == len(made.book.codings)
    assert {row[7] for row in rows} == {TALK.by_id()[segment].excerpt for segment, _ in made.book.codings}


def test_a_table_is_named_after_its_attribute_whatever_that_is_called():
    """No name breaks the workbook, and none hides another sheet."""
    keys = ("Role", "[a]:b?", "a key much longer than any sheet's name", "a key much longer than any sheet's title")
    talk = with_attributes(TALK, Ruth=dict.fromkeys(keys, "x"))

    assert opened(source(talk)).sheetnames[4:8] == [
        "Code \u00d7 Role 2",
        "Code \u00d7 a b",
        "Code \u00d7 a key much longer than a",
        "Code \u00d7 a key much longer than 2",
    ]


@pytest.mark.parametrize("hostile", ["=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "\t=1", "\u202e=1"])
def test_a_name_that_begins_like_a_formula_is_text(hostile):
    made = source(more=[drafted(Kind.RENAME, code_of("hidden"), "r", name=hostile, definition=hostile)])
    cells = [cell for sheet in opened(made) for row in sheet.iter_rows() for cell in row if cell.value is not None]

    assert all(cell.data_type != "f" for cell in cells)
    assert all(cell.quotePrefix for cell in cells if str(cell.value)[0] in "=+-@")
    assert not any("\u202e" in str(cell.value) for cell in cells)


def test_no_clock_gets_into_the_file():
    """The same findings make the same bytes: no entry and no property bears the moment of writing."""
    made = source()
    packed = xlsx(findings(made), made)
    with zipfile.ZipFile(io.BytesIO(packed)) as entries:
        moments = {entry.date_time for entry in entries.infolist()}
        properties = entries.read("docProps/core.xml")

    assert moments == {EPOCH}
    assert properties.count(b"1980-01-01T00:00:00Z") == 2
    assert xlsx(findings(made), made) == packed


def rows_of(made, sheet: str) -> list[dict[str, object]]:
    head, *rows = opened(made)[sheet].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_the_codebook_holds_where_each_code_stands_and_ends_and_its_examples():
    said = {"includes": "What is unseen", "excludes": "Rent", "examples": [TALK.segment("They figure")]}
    defined = drafted(Kind.DEFINE, code_of("hidden"), "d", **said)
    placed = drafted(Kind.PLACE, code_of("hidden"), "p", parent=code_of("table"))
    hidden = rows_of(source(more=[defined, placed]), "Codebook")[0]

    assert (hidden["Under"], hidden["Includes"], hidden["Excludes"]) == ("table", "What is unseen", "Rent")
    assert hidden["Examples"] == (
        "“They figure it cannot be going on out here, because somebody would have said.” (Sam, plains)"
    )


def test_decisions_name_what_they_are_about_and_keep_the_id_in_a_column_of_its_own():
    quiet = Suggestion("s-1", "quiet streets", (), (TALK.segment("It is quiet"),), (), (), 0.5)
    turn = f"{TALK.transcripts['plains'].id[:12]}:t2"
    taken = [{"id": "s-1", "segments": list(quiet.segments)}]
    more = [
        drafted(Kind.MERGE, code_of("hidden"), "g", suggestions=taken),
        drafted(Kind.APPLY, TALK.segment("I keep my hand"), "a", code=code_of("table")),
        drafted(Kind.OMIT, turn, "o", omit=True),
        drafted(Kind.UNDO, "o", "u"),
        drafted(Kind.APPROVE, "codes", "v", version=1),
        drafted(Kind.MEMO, "s-412f00000000", "m", text="Gone."),
    ]
    rows = rows_of(source(more=more, suggestions=SuggestionSet((quiet,), ())), "Decisions")[-6:]

    assert [(row["Decision"], row["About"], row["What"]) for row in rows] == [
        ("Merged codes or candidates", "“hidden”", "gathers candidate “quiet streets”"),
        (
            "Put a code on a segment",
            "plains, Wade: “I keep my hand on my wallet when somebody says task force.”",
            "“table”",
        ),
        ("Left a turn out, or took it back in", "plains, turn 2", "left out"),
        ("Undid a decision", "decision 5", None),
        ("Approved a checkpoint", "checkpoint “codes”", "version 1"),
        ("Wrote a memo", "a candidate of an earlier run", "Gone."),
    ]
    assert [row["About, id"] for row in rows][:3] == [code_of("hidden"), TALK.segment("I keep my hand"), turn]
