"""`polyvocal account`: who may sign in to the review site, and as what in which study."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.cli.arguments import a_path
from pipeline.cli.screen import say, table
from pipeline.domain.account import Membership, Role
from pipeline.domain.errors import AccountRefused

if TYPE_CHECKING:
    from pipeline.domain.account import Account

_ASKED: Final = (
    "The password is asked for twice and not shown; it is never an argument, because other users of the machine "
    "could see it."
)


def add(commands: Any) -> None:
    """Put these commands on the command line."""
    account = commands.add_parser(
        "account",
        help="who may sign in to the review site: add, list, reset, role, unrole, deactivate, activate",
        description="Say who may sign in to the review site and as what in which study. One set of accounts serves "
        "every study of this installation.",
        epilog="`polyvocal account ACT --help` says what each needs.",
    )
    acts = account.add_subparsers(title="acts", metavar="ACT", required=True)
    _add_making(acts)
    _add_roles(acts)
    for act, text, active in (
        ("deactivate", "let an account sign in no more; its sessions end, its decisions stay", False),
        ("activate", "let a deactivated account sign in again", True),
    ):
        command = acts.add_parser(act, help=text, description=f"{text[0].upper()}{text[1:]}.")
        _name_argument(command)
        command.set_defaults(run=_set_active, active=active)


def _add_making(acts: Any) -> None:
    new = acts.add_parser(
        "add",
        help="make an account",
        description=f"Make an account, with its password. It has no role in any study yet. {_ASKED}",
    )
    new.add_argument("name", metavar="NAME", help="the name to sign in with, which decisions will carry")
    new.add_argument("--administrator", action="store_true", help="may make and change accounts on the review site")
    _password_argument(new)
    new.set_defaults(run=_add)

    everybody = acts.add_parser(
        "list", help="list the accounts and their roles", description="List the accounts and their roles."
    )
    everybody.set_defaults(run=_list)

    reset = acts.add_parser(
        "reset",
        help="give an account a new password; its sessions end",
        description="Give an account a new password. Its sessions end, and it waits no longer after wrong guesses. "
        + _ASKED,
    )
    _name_argument(reset)
    _password_argument(reset)
    reset.set_defaults(run=_reset)


def _add_roles(acts: Any) -> None:
    for act, text, run in (
        ("role", "give an account a role in a study", _grant),
        ("unrole", "take a role in a study back", _revoke),
    ):
        command = acts.add_parser(
            act,
            help=text,
            description=f"{text.capitalize()}. An analyst describes the study and starts runs, a coder decides, an "
            "adjudicator settles what coders see differently, a reader reads. Somebody may be several.",
        )
        _name_argument(command)
        command.add_argument("study", metavar="STUDY", type=a_path, help="the study folder, or the study's id")
        command.add_argument("role", metavar="ROLE", choices=[role.value for role in Role], help=", ".join(Role))
        command.set_defaults(run=run)


def _name_argument(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", metavar="NAME", help="the account's name (`polyvocal account list`)")


def _password_argument(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input, its first line"
    )


def _add(args: argparse.Namespace) -> int:
    from pipeline.bootstrap import open_accounts

    with open_accounts() as desk:
        desk.require_free(args.name)
        account = desk.create(args.name, _password(args), administrator=args.administrator)
    if account.administrator:
        say(f"Account `{account.name}` is made: an administrator.")
    else:
        say(f"Account `{account.name}` is made. Give it a role: polyvocal account role NAME STUDY ROLE")
    return 0


def _list(_args: argparse.Namespace) -> int:
    from pipeline.bootstrap import open_accounts

    with open_accounts() as desk:
        accounts, memberships = desk.accounts.all(), desk.accounts.memberships()
    if not accounts:
        print("There is no account yet. Make the first: polyvocal account add NAME --administrator")
        return 0
    rows = [
        (account.name, _state(account), _roles([item for item in memberships if item.account == account.name]))
        for account in accounts
    ]
    say(table(rows, ("NAME", "STATE", "ROLES")))
    return 0


def _reset(args: argparse.Namespace) -> int:
    from pipeline.bootstrap import open_accounts

    with open_accounts() as desk:
        name = desk.account(args.name).name
        desk.set_password(name, _password(args))
    say(f"Account `{name}` has a new password. Whoever was signed in with the old one is signed out.")
    return 0


def _grant(args: argparse.Namespace) -> int:
    from pipeline.bootstrap import open_accounts

    study = _study_id(args.study)
    with open_accounts() as desk:
        given = desk.grant(args.name, study, Role(args.role))
    say(f"`{args.name}` is {'now' if given else 'already'} {args.role} in the study `{study}`.")
    return 0


def _revoke(args: argparse.Namespace) -> int:
    from pipeline.bootstrap import open_accounts

    study = _study_id(args.study)
    with open_accounts() as desk:
        taken = desk.revoke(args.name, study, Role(args.role))
    say(f"`{args.name}` {'is no longer' if taken else 'was not'} {args.role} in the study `{study}`.")
    return 0


def _set_active(args: argparse.Namespace) -> int:
    from pipeline.bootstrap import open_accounts

    with open_accounts() as desk:
        account = desk.set_active(args.name, active=args.active)
    can = "can sign in" if account.active else "can sign in no more, and is signed out everywhere"
    say(f"`{account.name}` {can}.")
    return 0


def _state(account: Account) -> str:
    if not account.active:
        return "deactivated"
    if not account.password_set:
        return "needs a password"
    return "administrator" if account.administrator else "active"


def _roles(memberships: list[Membership]) -> str:
    return ", ".join(f"{item.role} in {item.study}" for item in memberships) or "none"


def _study_id(named: Path) -> str:
    """The id of the study in a folder; what names no folder is an id itself."""
    if not named.exists() and len(named.parts) == 1:
        say(f"There is no folder {named} here, so `{named}` is taken for the study's id.")
        return str(named)
    from pipeline.ingest.study_toml import load_study

    return load_study(named).id


def _password(args: argparse.Namespace) -> str:
    """A password as somebody typed it twice, or as a program wrote it."""
    if args.password_stdin:
        return _first_line()
    if not sys.stdin.isatty():
        raise AccountRefused("There is no terminal to type a password on. Hand it over with --password-stdin.")
    try:
        first, second = getpass.getpass("New password: "), getpass.getpass("The same again: ")
    except EOFError:
        raise AccountRefused("No password was typed, so nothing was changed.") from None
    if first != second:
        raise AccountRefused("The two passwords differ, so nothing was changed. Type them again.")
    return first


def _first_line() -> str:
    try:
        return sys.stdin.buffer.readline().decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise AccountRefused("The password on standard input is not UTF-8 text. Write it as UTF-8.") from None
