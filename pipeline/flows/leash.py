"""Runs a Python module that must not outlive the program that started it, even one killed without warning.

`python -m pipeline.flows.leash MODULE ARGUMENTS…`: standard input is a pipe that only the starter holds open.
When the starter is gone the pipe closes, and this process takes its whole process group with it.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading


def main() -> None:
    """Become the module named on the command line, on the leash."""
    threading.Thread(target=_end_with_starter, name="leash", daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _end_with_starter() -> None:
    while os.read(0, 1024):
        pass
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
