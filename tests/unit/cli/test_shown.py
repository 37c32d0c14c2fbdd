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


def test_a_check_prints_its_notes_and_is_in_order_all_the_same(
    work: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    (work.folder / "transcripts").mkdir()
    (work.folder / "transcripts" / "coast.txt").write_text("Dov: A ride to the clinic.\n")
    assert main(["check", str(work.folder)]) == 0
    note, order = capsys.readouterr().out.splitlines()
    assert note.startswith("Note: transcripts/coast.txt: No group of study.toml is read from it.")
    assert "is in order" in order
