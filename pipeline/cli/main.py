"""`polyvocal`: every command, and the one place where an error becomes a sentence and an exit code."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Final

from pipeline import __version__
from pipeline.cli import (
    decide_commands,
    evaluate_command,
    look_commands,
    run_commands,
    serve_commands,
    sheet_commands,
)
from pipeline.domain.errors import PolyvocalError

EPILOG: Final = """\
A study from start to report:
  polyvocal init my-study             write a study.toml to fill in, and an inbox
  polyvocal check my-study            every problem at once, with its mend
  polyvocal run my-study              as far as the checkpoints allow; run it again after each approval
  polyvocal approve my-study transcripts
  polyvocal review export my-study candidates.xlsx    … fill it in …    review import
  polyvocal approve my-study codes    then map, then the report is in my-study/outbox

The talk stays on this machine: no command opens a connection to anywhere else.
"""

_INTERRUPTED: Final = 130
_UNEXPECTED: Final = 70


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="polyvocal",
        description="From focus-group transcripts to a codebook people have approved, on your own machine.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"polyvocal {__version__}")
    top.add_argument("--settings", metavar="FILE", help="settings to use instead of configs/default.toml")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in (run_commands, look_commands, decide_commands, sheet_commands, evaluate_command, serve_commands):
        module.add(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code. Nothing but `PolyvocalError` sentences reaches people."""
    os.umask(0o077)  # what is written here may hold talk
    args = parser().parse_args(argv)
    if args.settings:
        os.environ["POLYVOCAL_SETTINGS"] = args.settings
    try:
        return int(args.run(args) or 0)
    except PolyvocalError as problem:
        sys.stderr.write(f"{problem}\n")
        return problem.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. What was finished is kept; the same command again goes on from there.\n")
        return _INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as problem:  # noqa: BLE001 - the edge: a traceback could show talk, so only its place is told
        sys.stderr.write(_unexpected(problem))
        return _UNEXPECTED


def _unexpected(problem: Exception) -> str:
    if isinstance(problem, OSError) and problem.strerror:
        where = f" ({problem.filename})" if problem.filename else ""
        return f"The system refused: {problem.strerror}{where}. Nothing decided was lost.\n"
    last = traceback.extract_tb(problem.__traceback__)[-1]
    return (
        f"Polyvocal met something it does not know: {type(problem).__name__} at {last.filename}:{last.lineno}. "
        "Nothing decided was lost. Set POLYVOCAL_DEBUG=1 to see the traceback (it may show talk).\n"
        + ("".join(traceback.format_exception(problem)) if os.environ.get("POLYVOCAL_DEBUG") else "")
    )


if __name__ == "__main__":
    sys.exit(main())
