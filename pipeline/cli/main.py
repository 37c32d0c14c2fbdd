"""`polyvocal`: every command, and the one place where an error becomes a sentence and an exit code."""

from __future__ import annotations

import argparse
import io
import os
import sys
import warnings
from collections.abc import Sequence
from typing import Final

from pipeline import __version__
from pipeline.cli import (
    account_commands,
    decide_commands,
    evaluate_command,
    look_commands,
    round_commands,
    run_commands,
    serve_commands,
    sheet_commands,
)
from pipeline.cli.arguments import a_path
from pipeline.cli.screen import visible
from pipeline.cli.stopping import INTERRUPTED, STOPPED
from pipeline.domain.errors import PolyvocalError

EPILOG: Final = """\
A study from start to report:
  polyvocal init my-study                      a study.toml to fill in, an inbox
  polyvocal check my-study                     every problem, and how to mend it
  polyvocal run my-study                       as far as the checkpoints allow;
                                               again after each approval
  polyvocal approve my-study transcripts       checkpoint 1: speakers and
                                               questions are right
  polyvocal review export my-study codes.xlsx  decide in a spreadsheet …
  polyvocal review import my-study codes.xlsx  … and take it back
  polyvocal approve my-study codes             checkpoint 2; 3 is the map
The report is then in my-study/outbox. `polyvocal run --help` says more about
`run`, and so for each command.

Exit codes: 0 done; 1 not possible as asked; 2 command line, study.toml or
settings; 3 a file was refused; 4 the language model; 5 a decision was refused;
6 something else must come first; 7 the decision log is damaged; 8 a server or
the database does not answer; 9 signing in was refused; 70 unforeseen;
130 stopped with Ctrl-C.

The talk stays on this machine: no command opens a connection to anywhere else.
"""

_REFUSED: Final = 1
_USAGE: Final = 2
_UNFORESEEN: Final = 70


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="polyvocal",
        description="From focus-group transcripts to a codebook people have approved, on your own\nmachine.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"polyvocal {__version__}")
    top.add_argument(
        "--settings", metavar="FILE", type=a_path, help="settings to use instead of configs/default.toml"
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in (
        run_commands,
        look_commands,
        decide_commands,
        round_commands,
        sheet_commands,
        evaluate_command,
        serve_commands,
        account_commands,
    ):
        module.add(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code. Nothing but sentences reaches people.

    Raises:
        SystemExit: the command line cannot be read (code 2), or only help or the version was asked for (0).
    """
    os.umask(0o077)  # what is written here may hold talk
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without this letter still gets the rest
    try:
        code = _run(sys.argv[1:] if argv is None else list(argv))
        if sys.stdout is not None:
            sys.stdout.flush()
    except PolyvocalError as problem:
        return _say(str(problem), problem.exit_code)
    except KeyboardInterrupt:
        return _say(STOPPED, INTERRUPTED)
    except BrokenPipeError:
        _let_go_of_output()
        return 0  # whoever read has read enough
    except OSError as problem:
        _let_go_of_output()
        return _say(_system_refused(problem), _REFUSED)
    except Exception as problem:  # noqa: BLE001 - the edge: a traceback could show talk, so only its place is told
        return _say(_unforeseen(problem), _UNFORESEEN)
    return code


def _run(arguments: Sequence[str]) -> int:
    if not arguments:
        parser().print_help(sys.stderr)
        return _USAGE
    args = parser().parse_args(arguments)
    if args.settings:
        os.environ["POLYVOCAL_SETTINGS"] = str(args.settings)
    with warnings.catch_warnings():
        if not os.environ.get("POLYVOCAL_DEBUG"):
            warnings.simplefilter("ignore")  # libraries speak to programmers, and may repeat what they were given
        return int(args.run(args) or 0)


def _let_go_of_output() -> None:
    """Drop what cannot be written, so that Python does not try again on its way out."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (AttributeError, ValueError):
        pass  # there is no standard output, or it is closed


def _say(sentence: str, code: int) -> int:
    if sys.stderr is not None:
        sys.stderr.write(visible(sentence) + "\n")
    return code


def _system_refused(problem: OSError) -> str:
    where = f": {problem.filename}" if problem.filename else ""
    reason = problem.strerror or type(problem).__name__
    return f"The system refused{where} ({reason}). Nothing decided was lost; mend that and run the command again."


def _unforeseen(problem: Exception) -> str:
    import traceback

    last = traceback.extract_tb(problem.__traceback__)[-1]
    sentence = (
        f"Polyvocal met something it does not know: {type(problem).__name__} at {last.filename}:{last.lineno}. "
        "Nothing decided was lost. Set POLYVOCAL_DEBUG=1 to see the traceback (it may show talk)."
    )
    if os.environ.get("POLYVOCAL_DEBUG"):
        sentence += "\n" + "".join(traceback.format_exception(problem))
    return sentence


if __name__ == "__main__":
    sys.exit(main())
