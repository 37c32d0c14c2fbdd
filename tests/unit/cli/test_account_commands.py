"""`polyvocal account` makes and changes accounts, and never takes a password where others could see it."""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.bootstrap import open_accounts
from pipeline.cli import account_commands
from pipeline.cli.main import main
from pipeline.domain.account import Membership, Role
from pipeline.work.accounts import AccountDesk

RIGHT = "correct horse battery"
OTHER = "entirely other words"


@pytest.fixture(autouse=True)
def _installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick_passwords: None) -> None:
    """An installation of its own, and hashes that cost nothing."""
    for name in ("POLYVOCAL_SETTINGS", "POLYVOCAL_STORE_URL", "POLYVOCAL_ACCOUNTS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What somebody types at the terminal when asked for a password, in order."""
    lines: list[str] = []

    def ask(_prompt: str) -> str:
        if not lines:
            raise EOFError
        return lines.pop(0)

    monkeypatch.setattr(account_commands.getpass, "getpass", ask)
    monkeypatch.setattr(sys, "stdin", type("Terminal", (io.StringIO,), {"isatty": lambda _self: True})())
    return lines


def piped(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def add(name: str, *options: str, typed: list[str], password: str = RIGHT) -> None:
    typed += [password, password]
    assert main(["account", "add", name, *options]) == 0


@pytest.fixture
def desk() -> Iterator[AccountDesk]:
    with open_accounts() as opened:
        yield opened


def test_the_first_administrator_is_made_at_the_terminal(
    typed: list[str], desk: AccountDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["account", "list"]) == 0
    assert "Make the first: polyvocal account add NAME --administrator" in capsys.readouterr().out
    add("Ada", "--administrator", typed=typed)
    assert capsys.readouterr().out == "Account `Ada` is made: an administrator.\n"
    assert desk.has_administrator()
    assert desk.sign_in("Ada", RIGHT)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([RIGHT, OTHER], "The two passwords differ"),
        ([], "No password was typed"),
        (["short", "short"], "at least 10 characters"),
    ],
)
def test_a_password_mistyped_makes_no_account(
    lines: list[str], says: str, typed: list[str], desk: AccountDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    typed += lines
    assert main(["account", "add", "ben"]) == 1
    assert says in capsys.readouterr().err
    assert desk.accounts.all() == ()


def test_a_name_that_is_taken_is_told_before_a_password_is_asked_for(
    typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    add("ben", typed=typed)
    assert main(["account", "add", "Ben"]) == 1
    assert "There is an account `ben` already" in capsys.readouterr().err


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n", b"\nmore lines\n"])
def test_a_program_hands_the_password_over_on_standard_input(
    ending: bytes, monkeypatch: pytest.MonkeyPatch, desk: AccountDesk
) -> None:
    piped(monkeypatch, " pässword with spaces ".encode() + ending)
    assert main(["account", "add", "ben", "--password-stdin"]) == 0
    assert desk.sign_in("ben", " pässword with spaces ")


@pytest.mark.parametrize(
    ("content", "options", "says"),
    [
        (b"", ("--password-stdin",), "at least 10 characters; this one has 0"),
        (b"caf\xe9 au lait chaud", ("--password-stdin",), "not UTF-8"),
        (RIGHT.encode(), (), "no terminal to type a password on"),
    ],
)
def test_standard_input_without_a_password_is_told(
    content: bytes,
    options: tuple[str, ...],
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    piped(monkeypatch, content)
    assert main(["account", "add", "ben", *options]) == 1
    assert says in capsys.readouterr().err


def test_a_reset_ends_the_sessions_and_the_old_password(typed: list[str], desk: AccountDesk) -> None:
    add("ben", typed=typed)
    token = desk.sign_in("ben", RIGHT)
    typed += [OTHER, OTHER]
    assert main(["account", "reset", "ben"]) == 0
    assert desk.whoami(token) is None
    assert desk.sign_in("ben", OTHER)


@pytest.mark.parametrize("act", ["reset", "deactivate", "activate"])
def test_an_account_that_is_not_there_is_told(act: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["account", act, "nobody"]) == 1
    assert capsys.readouterr().err == "There is no account `nobody`. There is: none yet.\n"


def test_a_deactivated_account_is_signed_out(typed: list[str], desk: AccountDesk) -> None:
    add("ben", typed=typed)
    token = desk.sign_in("ben", RIGHT)
    assert main(["account", "deactivate", "ben"]) == 0
    assert desk.whoami(token) is None
    assert main(["account", "activate", "ben"]) == 0
    assert desk.sign_in("ben", RIGHT)


def test_a_study_is_named_by_its_folder_or_its_id(
    tmp_path: Path, typed: list[str], desk: AccountDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    study = tmp_path / "work" / "Harbor study"
    study.mkdir(parents=True)
    (study / "study.toml").write_text('[study]\ntitle = "Harbor"\nid = "harbor"\n', encoding="utf-8")
    add("ben", typed=typed)
    assert main(["account", "role", "ben", str(study), "coder"]) == 0
    assert main(["account", "role", "ben", "inland", "reader"]) == 0
    assert "no folder inland here, so `inland` is taken for the study's id" in capsys.readouterr().out
    expected = (Membership("harbor", "ben", Role.CODER), Membership("inland", "ben", Role.READER))
    assert desk.accounts.memberships() == expected
    assert main(["account", "unrole", "ben", str(study), "coder"]) == 0
    assert main(["account", "unrole", "ben", str(study), "coder"]) == 0
    assert "`ben` was not coder in the study `harbor`." in capsys.readouterr().out
    assert desk.accounts.memberships() == expected[1:]


def test_a_folder_that_is_no_study_is_refused(
    tmp_path: Path, typed: list[str], desk: AccountDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    add("ben", typed=typed)
    assert main(["account", "role", "ben", str(tmp_path), "coder"]) == 2
    assert "no such file in this folder" in capsys.readouterr().err
    assert desk.accounts.memberships() == ()


def test_a_role_that_is_none_is_told_with_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leave:
        main(["account", "role", "ben", "harbor", "boss"])
    assert leave.value.code == 2
    assert "choose from 'analyst', 'coder', 'adjudicator', 'reader'" in capsys.readouterr().err


def test_the_list_says_who_may_sign_in_and_as_what(typed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    add("Ada", "--administrator", typed=typed)
    for name in ("ben", "cleo"):
        add(name, typed=typed)
    main(["account", "role", "ben", "harbor", "coder"])
    main(["account", "role", "ben", "harbor", "adjudicator"])
    main(["account", "deactivate", "cleo"])
    capsys.readouterr()
    assert main(["account", "list"]) == 0
    assert [line.split(maxsplit=2) for line in capsys.readouterr().out.splitlines()] == [
        ["NAME", "STATE", "ROLES"],
        ["Ada", "administrator", "none"],
        ["ben", "active", "adjudicator in harbor, coder in harbor"],
        ["cleo", "deactivated", "none"],
    ]


def test_a_password_is_never_an_argument(capsys: pytest.CaptureFixture[str]) -> None:
    """The arguments of a command can be read by every user of the machine."""
    with pytest.raises(SystemExit):
        main(["account", "add", "ben", "--password", RIGHT])
    assert "unrecognized arguments" in capsys.readouterr().err
