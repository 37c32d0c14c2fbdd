"""What the README and the program say to type can be typed."""

import re
import shlex
from pathlib import Path

import pytest

from pipeline.cli.main import EPILOG, parser

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = {name for action in parser()._actions if action.choices for name in action.choices}


def typed(text: str) -> list[str]:
    """Every command line between backticks, in a shell block or at the beginning of an indented line."""
    spans = re.findall(r"`(polyvocal [^`]+)`", text)
    lines = re.findall(r"^ *(polyvocal [^#\n]+?)(?: {2,}.*| *#.*)?$", text, re.MULTILINE)
    return sorted({line.strip() for line in spans + lines if "…" not in line})


@pytest.mark.parametrize("line", typed(README) + typed(EPILOG))
def test_a_command_line_shown_to_people_is_one(line: str) -> None:
    words = shlex.split(line)[1:]
    if len(words) == 1 and words[0] in COMMANDS:
        return  # a command is named, not typed
    try:
        parser().parse_args(words)
    except SystemExit as leave:
        assert leave.code == 0, line  # noqa: PT017 - --help leaves with 0, what cannot be read with 2


def test_the_readme_shows_enough_command_lines_to_be_worth_checking() -> None:
    assert len(typed(README)) > 10
    assert len(typed(EPILOG)) > 5


def test_every_make_target_named_in_the_readme_is_there() -> None:
    rules = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    code = re.findall(r"`([^`]+)`", README) + re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    named = {target for span in code for target in re.findall(r"^make ([a-z-]+)", span, re.MULTILINE)}
    assert named >= {"demo", "test"}
    assert named <= rules


def test_the_demo_ends_with_how_its_commands_are_found() -> None:
    """It prints commands to type; a shell finds them in the environment that `make` has set up."""
    rule = re.search(r"^demo:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert rule
    assert "activate" in rule[1].splitlines()[-1]


def test_every_file_linked_from_the_readme_is_there() -> None:
    linked = [target for target in re.findall(r"\]\(([^)]+)\)", README) if "://" not in target]
    assert [target for target in linked if not (ROOT / target).exists()] == []


def test_every_folder_of_the_tree_in_the_readme_is_there() -> None:
    for folder in re.findall(r"^(pipeline/\w+/)", README, re.MULTILINE):
        assert (ROOT / folder).is_dir(), folder


@pytest.mark.parametrize("path", sorted((ROOT / "pipeline").rglob("*.py")), ids=lambda path: path.stem)
def test_a_sentence_that_names_a_command_names_one_that_exists(path: Path) -> None:
    named = set(re.findall(r"`?polyvocal ([a-z]+)\b", path.read_text(encoding="utf-8")))
    assert named <= COMMANDS
