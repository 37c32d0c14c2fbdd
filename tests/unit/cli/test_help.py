"""The command line explains itself, at once."""

import argparse
import subprocess
import sys
from collections.abc import Iterator

import pytest

from pipeline.cli.main import main, parser

HEAVY = ("numpy", "sqlalchemy", "prefect", "rich", "pydantic", "spacy", "torch", "sklearn", "openpyxl", "asyncio")


def commands(command: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """A command and all below it."""
    yield command
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from commands(below)


EVERY = {command.prog: command for command in commands(parser())}


@pytest.mark.parametrize("name", EVERY)
def test_every_command_and_every_argument_is_explained(name: str) -> None:
    command = EVERY[name]
    assert command.description
    assert command.description.endswith(".")
    for action in command._actions:
        if not isinstance(action, argparse._SubParsersAction):
            assert action.help, f"{name} {action.dest}"
        assert action.metavar or action.nargs == 0, f"{name} {action.dest} has no word for its value"


def test_who_writes_a_memo_is_told_that_the_report_prints_it() -> None:
    told = " ".join(EVERY["polyvocal decide STUDY memo"].format_help().split())
    assert "memos are part of the report" in told
    assert "report.html and report.xlsx print it with your name" in told


def test_help_loads_nothing_heavy() -> None:
    """The whole command line is built and shown without one of the libraries that take seconds to load."""
    script = (
        "import sys; from pipeline.cli.main import parser; parser().format_help(); "
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_help_and_version_are_no_errors(capsys: pytest.CaptureFixture[str]) -> None:
    for asked, says in (("--help", "Exit codes"), ("--version", "polyvocal 0.")):
        with pytest.raises(SystemExit) as leave:
            main([asked])
        assert leave.value.code == 0
        assert says in capsys.readouterr().out


def test_nothing_shows_the_help_and_is_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage: polyvocal" in capsys.readouterr().err


def test_a_user_without_a_name_gets_help_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container the system may not know who runs it."""

    def nobody() -> str:
        raise KeyError

    monkeypatch.setattr("getpass.getuser", nobody)
    assert parser().parse_args(["approve", ".", "codes"]).coder == ""


@pytest.mark.parametrize("where", [("--home", "here"), ()], ids=["before", "after"])
def test_the_home_may_stand_before_or_after_the_decision(where: tuple[str, ...]) -> None:
    after = () if where else ("--home", "here")
    assert str(parser().parse_args(["decide", "study", *where, "undo", "1", *after]).home) == "here"
