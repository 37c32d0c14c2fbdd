"""What several commands share: the arguments that name a study and a coder, and opening the study."""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.work.workplace import Workplace


def study_arguments(command: argparse.ArgumentParser) -> None:
    """STUDY and --home."""
    command.add_argument("study", metavar="STUDY", type=Path, help="the study folder (it holds study.toml)")
    command.add_argument(
        "--home", type=Path, metavar="DIR", help="keep everything Polyvocal makes in DIR, not in the study folder"
    )


def coder_argument(command: argparse.ArgumentParser) -> None:
    """--as NAME."""
    command.add_argument(
        "--as", dest="coder", metavar="NAME", default=getpass.getuser(), help="who decides (default: your login name)"
    )


@contextmanager
def opened(args: argparse.Namespace) -> Iterator[Workplace]:
    """The study the arguments name."""
    from pipeline.bootstrap import open_workplace

    with open_workplace(args.study, home=args.home) as work:
        yield work
