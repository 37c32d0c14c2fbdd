"""The arguments that several commands share: a study, where its things are kept, and who decides."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from pipeline.work.workplace import Workplace

T = TypeVar("T", int, float)


def a_path(written: str) -> Path:
    """A file or folder as named on the command line; its links are followed once, so that a ring of them is told.

    Raises:
        argparse.ArgumentTypeError: no file can have that name.
    """
    if not written.strip():
        raise argparse.ArgumentTypeError("the name is empty; write . for the folder you are in")
    if "\0" in written:
        raise argparse.ArgumentTypeError("the name holds a NUL character, which no file name can")
    path = Path(written)
    try:
        path.resolve()
    except (OSError, RuntimeError):
        raise argparse.ArgumentTypeError(
            f"{written} is a link that leads back to itself; name the real one"
        ) from None
    return path


def within(least: int, most: int | None = None, kind: Callable[[str], T] = int) -> Callable[[str], T]:
    """What reads a number of the command line that may be `least` to `most`, or any from `least` on."""

    def read(written: str) -> T:
        try:
            number = kind(written)
        except ValueError:
            number = None
        if number is None or not least <= number <= (inf if most is None else most):
            reach = f"from {least} on" if most is None else f"from {least} to {most}"
            raise argparse.ArgumentTypeError(f"`{written}` is not a number {reach}")
        return number

    return read


def study_arguments(command: argparse.ArgumentParser) -> None:
    """STUDY and --home."""
    command.add_argument("study", metavar="STUDY", type=a_path, help="the study folder (it holds study.toml)")
    home_argument(command)


def home_argument(command: argparse.ArgumentParser, default: object = None) -> None:
    """--home DIR. Below a command that has it too, the default is argparse.SUPPRESS, so that either place counts."""
    command.add_argument(
        "--home",
        type=a_path,
        metavar="DIR",
        default=default,
        help="keep everything Polyvocal makes in DIR, not in the study folder",
    )


def coder_argument(command: argparse.ArgumentParser, who: str = "who decides") -> None:
    """--as NAME."""
    command.add_argument(
        "--as", dest="coder", metavar="NAME", default=_login_name(), help=f"{who} (default: your login name)"
    )


def named_again(args: argparse.Namespace) -> str:
    """The study and its home as they go into the next command, quoted for a shell."""
    return shlex.quote(str(args.study)) + (f" --home {shlex.quote(str(args.home))}" if args.home else "")


@contextmanager
def opened(args: argparse.Namespace) -> Iterator[Workplace]:
    """The study the arguments name."""
    from pipeline.bootstrap import open_workplace

    with open_workplace(args.study, home=args.home) as work:
        yield work


def _login_name() -> str:
    """Empty where the system has no name for this user (a container): then a decision asks for --as."""
    from getpass import getuser

    try:
        return getuser()
    except (OSError, KeyError, ImportError):
        return ""
