"""A workbook belongs to one book: what a coder decides blind never lands with the team, nor the other way."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipeline.domain.errors import DecisionRefused
from pipeline.review.rounds import book_of
from pipeline.review.sheet import Stamp, export_sheet
from pipeline.review.sheet_drafts import Drafted, drafts_of
from pipeline.review.sheet_layout import COLUMNS, DECISION, Tab
from pipeline.review.sheet_reading import read_sheet
from tests.unit.mapping.conversation import heard

from .blind_rounds import HOUSING, OFFERED, Team

TALK = heard("""
== plains
Q1 | Ruth: There is nothing to rent.
""")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk.xlsx"


def exported(path: Path, team: Team, coder: str) -> None:
    """A workbook in which the first candidate is accepted."""
    export_sheet(
        path,
        TALK.study,
        Stamp("2026-03-02T08:00:00Z", coder),
        suggestions=OFFERED,
        unplaced=(),
        book=team.book(coder),
        proposed=(),
        versions={},
        excerpt_of=lambda _: TALK.said[0],
    )
    book = load_workbook(path)
    place = [column.title for column in COLUMNS[Tab.CANDIDATES]].index(DECISION) + 1
    book[Tab.CANDIDATES.value].cell(2, place).value = "accept"
    book.save(path)


def cover(path: Path) -> dict[str, str]:
    rows = load_workbook(path)[Tab.COVER.value].iter_rows(max_col=2, values_only=True)
    return {str(label): str(value) for label, value in rows if label}


def named(path: Path, coder: str) -> None:
    """Somebody puts their name on the first sheet."""
    _set(path, "Your name", coder)


def _set(path: Path, label: str, value: str | None) -> None:
    book = load_workbook(path)
    sheet = book[Tab.COVER.value]
    row = next(cell.row for cell in sheet["A"] if cell.value == label)
    sheet.cell(row, 2).value = value
    book.save(path)


def imported(path: Path, team: Team) -> list[Drafted]:
    """What the workbook asks for, in the book that its coder decides in now."""
    sheet, _ = read_sheet(path)
    book = book_of(team.book(), sheet.coder)
    log = [item for item in team.log if item.draft.book in {"", book}]
    drafted, _ = drafts_of(sheet, team.seen(sheet.coder), log, "2026-03-03", book)
    return list(drafted)


def refusal(path: Path, team: Team) -> str:
    with pytest.raises(DecisionRefused) as refused:
        imported(path, team)
    return str(refused.value)


def test_a_workbook_says_whose_book_it_is(path: Path):
    team = Team()
    exported(path, team, "ana")
    assert (cover(path)["Book"], cover(path)["Decides in"]) == ("team", "the team's book")

    opened = team.opens_candidates("ana", "ben")
    exported(path, team, "ana")
    assert cover(path)["Book"] == f"{opened}/ana"
    assert cover(path)["Decides in"] == "ana's own book of the blind round of 2026-03-01 10:00"
    exported(path, team, "jo")
    assert cover(path)["Book"] == "team"


def test_it_goes_back_into_the_book_it_came_from(path: Path):
    team = Team()
    exported(path, team, "ana")
    assert [item.draft.book for item in imported(path, team)] == [""]
    opened = team.opens_candidates("ana", "ben")
    exported(path, team, "ana")
    assert [(item.draft.book, item.draft.subject) for item in imported(path, team)] == [(f"{opened}/ana", HOUSING.id)]


def test_exported_blind_and_imported_after_the_round_it_is_refused(path: Path):
    team = Team()
    team.opens_candidates("ana", "ben")
    exported(path, team, "ana")
    team.closes()
    assert refusal(path, team) == (
        "This workbook decides in ana's own book of the blind round of 2026-03-01 10:00, but ana decides in the "
        "team's book now: export a new one with `--as ana` and fill that in."
    )
    team.opens_candidates("ana", "ben")  # nor is it taken in another round
    assert "but ana decides in ana's own book" in refusal(path, team)


def test_exported_from_the_teams_book_and_imported_blind_it_is_refused(path: Path):
    team = Team()
    exported(path, team, "ana")
    team.opens_candidates("ana", "ben")
    assert refusal(path, team).startswith("This workbook decides in the team's book, but ana decides in ana's own")
    named(path, "jo")  # who takes no part still decides in the team's
    assert [item.draft.book for item in imported(path, team)] == [""]


def test_a_coder_cannot_bring_back_what_another_was_given_blind(path: Path):
    team = Team()
    team.opens_candidates("ana", "ben")
    exported(path, team, "ana")
    named(path, "ben")
    assert "decides in ana's own book" in refusal(path, team)


def test_a_workbook_that_names_no_book_is_the_teams(path: Path):
    """Workbooks exported before they named their book."""
    team = Team()
    exported(path, team, "ana")
    for label in ("Book", "Decides in"):
        _set(path, label, None)
    assert len(imported(path, team)) == 1
    team.opens_candidates("ana", "ben")
    assert refusal(path, team).startswith("This workbook decides in the team's book")
