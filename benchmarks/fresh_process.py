"""A module run in a process of its own, so that imports count and nobody's memory is mixed with another's."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass

from benchmarks.coded_talk import ROOT


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took: seconds by the clock, seconds of processor time (all threads), and its peak memory in MB.

    On a busy machine the clock counts what others do as well; processor time hardly does.
    """

    clock: float
    processor: float
    peak_mb: float
    said: str


def run_fresh(module: str, *arguments: str) -> Cost:
    """Run `python -m module arguments…` and wait for it; what it prints is in `said`.

    Raises:
        SystemExit: it failed.
    """
    started = time.perf_counter()
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout, "it is a pipe"
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    clock = time.perf_counter() - started
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}.")
    peak = used.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    return Cost(clock, used.ru_utime + used.ru_stime, peak, said.strip())
