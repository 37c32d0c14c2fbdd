"""A decision's number on the screen is its number in the reader's book: the one that `undo` takes, and no measure of
how busy others are."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipeline.cli.main import main
from pipeline.domain.codebook import Stance
from pipeline.domain.decision import Draft, Kind
from pipeline.review.sheet_layout import DECISION, Tab
from pipeline.work import suggesting
from pipeline.work.deciding import codebook
from pipeline.work.workplace import Workplace
from tests.made_study import made_study

AT = "2026-03-01T10:00:00+00:00"


class Desk:
    """A study at whose commands somebody sits."""

    def __init__(self, work: Workplace, screen: pytest.CaptureFixture[str]) -> None:
        self.work, self._screen = work, screen
        self.candidates = [item.id for item in suggesting.current(work)[0].suggestions]

    def says(self, command: str, *words: str, by: str = "ana", code: int = 0) -> str:
        """What a command prints, on either stream."""
        self._screen.readouterr()
        assert main([*command.split(), str(self.work.folder), *words, "--as", by]) == code
        return self.printed()

    def printed(self) -> str:
        """What stands on either stream since the last look."""
        printed = self._screen.readouterr()
        return printed.out + printed.err

    def opens_round(self) -> str:
        self.says("round open", "candidates", "--coders", "ana,ben", by="jo")
        return self.log()[-1].subject

    def rejects(self, by: str, *candidates: str) -> None:
        for candidate in candidates:
            self.says("decide", "reject", candidate, "--reason", "small talk", by=by)

    def log(self):
        return self.work.store.decisions.log(self.work.study.id)


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    with made_study(tmp_path / "study") as work:
        yield Desk(work, capsys)


@pytest.mark.parametrize("others", [0, 6])
def test_in_a_blind_round_nothing_printed_depends_on_what_others_decide(desk: Desk, others: int):
    desk.opens_round()
    one, two, *rest = desk.candidates
    desk.rejects("ben", *rest[:others])
    own = ["--key", "mine"]
    assert desk.says("decide", "reject", one, "--reason", "no") == f"decision 3: rejected {one}\n"
    desk.rejects("ben", two)
    assert desk.says("decide", "reject", one, "--reason", "no", *own) == f"decision 4: rejected {one}\n"
    assert desk.says("decide", "undo", "4") == "decision 5: took back decision 4\n"
    again = desk.says("decide", "undo", "4", code=5)
    assert "Decision 4 was undone already." in again
    assert "no decision number 6" in desk.says("decide", "undo", "6", code=5)
    listed = desk.says("log").splitlines()
    assert [line.split()[0] for line in listed] == ["1", "2", "3", "4", "5"]
    assert desk.says("log", "--verify").startswith("unbroken; ")


def test_what_was_made_blind_goes_by_its_name_and_has_no_number_that_undo_would_take(desk: Desk):
    opened = desk.opens_round()
    said = desk.says("decide", "accept", desk.candidates[0], "--name", "Beds")
    code = said.split()[-1]
    assert said.startswith("decision 3: ")
    desk.rejects("ben", desk.candidates[1])
    (segment, *_) = desk.work.store.segments.of_study(desk.work.study.id)[1:]
    assert desk.says("decide", "apply", segment.id, code) == f"decision 4: {segment.id} carries “Beds”\n"
    assert "ben" not in desk.says("log").replace("ana, ben", "")
    assert len(desk.says("log", by="jo").splitlines()) == 2

    desk.says("round close", by="jo")
    listed = desk.says("log", by="jo").splitlines()
    assert [line.split()[0] for line in listed] == ["1", "2", "–", "–", "–", "3"]
    assert f"ana, blind  {segment.id} carries “Beds”" in listed[4]
    assert "ben, blind" in listed[3]
    assert f"blind round {opened} closed" in listed[5]
    assert desk.says("decide", "create", "Roofs", by="jo").startswith("decision 4: created “Roofs”")
    assert desk.says("decide", "undo", "4", by="jo") == "decision 5: took back decision 4\n"
    assert desk.says("log", "--verify", by="jo").startswith("8 decisions, unbroken; head ")


def test_a_workbook_is_taken_in_the_blind_round_it_was_exported_in_and_not_after(desk: Desk, tmp_path: Path):
    path = tmp_path / "codes.xlsx"
    desk.opens_round()
    desk.says("review export", str(path))
    book = load_workbook(path)
    rows = book[Tab.CANDIDATES.value]
    decision = next(cell.column for cell in rows[1] if cell.value == DECISION)
    rows.cell(2, decision).value = "accept"
    book.save(path)
    desk.rejects("ben", *desk.candidates[:3])

    assert main(["review", "import", str(desk.work.folder), str(path)]) == 0
    assert "Candidates row 2: taken as decision 3. accept.\n" in desk.printed()
    desk.says("round close", by="jo")
    assert main(["review", "import", str(desk.work.folder), str(path)]) == 5
    assert "ana decides in the team's book now: export a new one" in desk.printed()


def test_an_undo_takes_back_the_whole_act_and_can_be_taken_back(desk: Desk):
    work = desk.work
    hand = (work.study.id, "ana", AT)
    for key, kind, payload in (
        ("web:1", Kind.CREATE, {"name": "Beds"}),
        ("web:1+1", Kind.STANCE, {"stance": "gap"}),
    ):
        work.store.decisions.append(Draft(key, *hand, kind, "c-1", payload))
    assert desk.says("decide", "undo", "3") == (
        "decision 4: took back decision 3\ndecision 5: took back decision 2\n"
    )
    assert codebook(work).active_codes == ()
    assert len(desk.says("decide", "undo", "4").splitlines()) == 2
    assert [(code.name, code.stance) for code in codebook(work).active_codes] == [("Beds", Stance.GAP)]

    desk.says("decide", "rename", "c-1", "Roofs")
    assert "Decision 8 builds on decision 2; undo 8 first." in desk.says("decide", "undo", "3", code=5)
    assert len(desk.log()) == 8
