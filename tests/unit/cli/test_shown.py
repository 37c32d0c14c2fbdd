"""What is shown explains itself, and what it names can be typed."""

import pytest

from pipeline.cli.main import main
from pipeline.work.talk import talk
from pipeline.work.workplace import Workplace
from tests.unit.work.test_second_thoughts import work

__all__ = ["work"]


def test_a_transcript_says_what_its_brackets_mean_and_names_turns_as_they_are_typed(
    work: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(work.folder)
    assert main(["show", folder, "transcript", "north"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("In brackets: how sure the machine is of the question, from 0 to 1; or `decided`")

    (turn,) = [line.split(" (")[0] for line in shown.splitlines() if ") Ben: " in line]
    assert turn == "north:t2"
    assert main(["decide", folder, "question", turn, "-", "--as", "ana"]) == 0
    assert [item.question for item in talk(work).said if item.speaker == "Ben"] == ["off-guide"]
    capsys.readouterr()
    assert main(["show", folder, "transcript", "north"]) == 0
    assert "north:t2 (decided) Ben: " in capsys.readouterr().out


def test_a_label_given_to_a_name_nobody_has_is_taken_with_a_note(
    work: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, noted in (("Inez", True), ("Ana", False)):
        assert main(["decide", str(work.folder), "speaker", "north", "Ben", name, "--as", "ana"]) == 0
        assert ("Note: Nobody else in group north is called" in capsys.readouterr().out) is noted


def test_who_stands_for_two_participants_is_told_at_the_rename_and_by_status(
    work: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = '\n[[participant]]\nid = "{}"\ngroup = "north"\nrole = "{}"\n'
    with (work.folder / "study.toml").open("a") as study:
        study.write(listed.format("Ana", "nurse") + listed.format("Ben", "driver"))
    doubt = "“Inez” stands for “Ana” and “Ben”, of whom study.toml says different things"
    said = []
    for command in (["decide", "speaker", "north", "Ana", "Inez"], ["decide", "speaker", "north", "Ben", "Inez"]):
        assert main([command[0], str(work.folder), *command[1:], "--as", "ana"]) == 0
        said.append(capsys.readouterr().out)
    assert "Note: What study.toml says of `Ana` goes on counting, for `Inez`." in said[0]
    assert f"Note: {doubt}" in said[1]
    assert main(["status", str(work.folder)]) == 0
    assert f"north: {doubt}" in capsys.readouterr().out


def test_a_check_prints_its_notes_and_is_in_order_all_the_same(
    work: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    (work.folder / "transcripts").mkdir()
    (work.folder / "transcripts" / "coast.txt").write_text("Dov: A ride to the clinic.\n")
    assert main(["check", str(work.folder)]) == 0
    note, order = capsys.readouterr().out.splitlines()
    assert note.startswith("Note: transcripts/coast.txt: No group of study.toml is read from it.")
    assert "is in order" in order


def test_a_code_and_a_theme_are_shown_by_their_names_too(work: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    """Of one segment it is not said that it is several."""
    folder, (ana, *_) = str(work.folder), [item.segment.id for item in talk(work).codable]
    for act in (["create", "No beds", "--segments", ana], ["create", "Rides"], ["theme", "Far away", "no beds"]):
        assert main(["decide", folder, *act, "--as", "ana"]) == 0
    for what, name, shown in (
        ("codebook", "no BEDS", "No beds  [neither]  1 segment\n"),
        ("map", "no beds", "No beds"),
        ("themes", "far away", "Far away: No beds"),
    ):
        capsys.readouterr()
        assert main(["show", folder, what, name]) == 0
        out = capsys.readouterr().out
        assert shown in out
        assert "Rides" not in out
    assert main(["show", folder, "codebook", "no bed"]) == 1
    assert "There is no code `no bed`. Did you mean `No beds`" in capsys.readouterr().err


def test_a_workbook_that_is_not_there_or_has_no_place_is_told_so(
    work: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(work.folder)
    assert main(["review", "export", folder, f"{folder}/nowhere/codes.xlsx"]) == 1
    assert f"There is no folder {folder}/nowhere to write the workbook in." in capsys.readouterr().err
    assert main(["review", "import", folder, f"{folder}/codes.xlsx"]) == 3
    assert f"{folder}/codes.xlsx is not there" in capsys.readouterr().err
