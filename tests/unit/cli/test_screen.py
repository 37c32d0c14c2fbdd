"""What stands in a transcript is shown, and never obeyed by the terminal."""

from pipeline.cli.screen import table, visible


def test_control_characters_are_shown_as_such() -> None:
    assert visible("Ana: \x1b]0;owned\x07 I stayed.\u202e\tSo.\n") == "Ana: �]0;owned� I stayed.�\tSo.\n"


def test_scripts_and_emoji_stay_as_they_are() -> None:
    family = "👩‍👧 مرحبا नमस्ते"
    assert visible(family) == family


def test_numbers_stand_to_the_right_and_names_to_the_left() -> None:
    assert table([["north", 7], ["lakeshore", 123]], ("group", "turns")).splitlines() == [
        "group      turns",
        "north          7",
        "lakeshore    123",
    ]


def test_a_table_without_rows_has_its_head() -> None:
    assert table([], ("group", "turns")) == "group  turns"
