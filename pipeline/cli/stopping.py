"""Ctrl-C in the middle of long work."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

STOPPED: Final = "\nStopped. What was finished is kept; the same command again goes on from there."
INTERRUPTED: Final = 130
_SHOW_CURSOR: Final = b"\x1b[?25h"
"""What a terminal is told that a progress bar has left without a cursor."""


@contextmanager
def ended_by_ctrl_c() -> Iterator[None]:
    """Let Ctrl-C end the process on the spot, with a sentence. An exception raised in the midst of native code that
    calls back into Python would abort it without one; and what is stored outlives a process that is just gone."""
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before is None:
        yield
        return
    signal.signal(signal.SIGINT, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _end(_number: int, _frame: object) -> None:
    if sys.stderr is not None:
        fence = _SHOW_CURSOR if sys.stderr.isatty() else b""
        os.write(sys.stderr.fileno(), fence + STOPPED.encode() + b"\n")
    os._exit(INTERRUPTED)
