"""Where libraries put their temporary files: with the study, for its owner alone, gone when the work is done."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Final

_TURNING: Final = Lock()
_IN_USE: Final[list[str | None]] = []
"""Where temporary files went before any study was open, then the folders of the studies that are; empty for none."""


@contextmanager
def scratch(parent: Path) -> Iterator[Path]:
    """A folder of this process's own below `parent`, which temporary files go to by themselves; removed afterwards.

    Temporary files of libraries hold talk while a workbook is written. A process that is killed leaves its folder
    behind, so whoever comes next removes those that no living process holds.
    """
    parent.mkdir(mode=0o700, exist_ok=True)
    if not os.access(parent, os.R_OK | os.W_OK | os.X_OK):  # another user's, where several share one home
        parent = parent.with_name(f"{parent.name}-{os.getuid()}")
        parent.mkdir(mode=0o700, exist_ok=True)
    with ExitStack() as hold:
        with _held(parent, wait=True):  # so that nobody takes the new folder for one left behind
            for left in sorted(parent.iterdir()):
                _remove_unheld(left)
            own = Path(tempfile.mkdtemp(dir=parent))
            hold.enter_context(_held(own))
        _turn_to(str(own))
        try:
            yield own
        finally:
            _turn_from(str(own))
            shutil.rmtree(own, ignore_errors=True)


def _turn_to(own: str) -> None:
    with _TURNING:
        if not _IN_USE:
            _IN_USE.append(tempfile.tempdir)
        _IN_USE.append(own)
        tempfile.tempdir = own


def _turn_from(own: str) -> None:
    """Back to the folder turned to last among those still there: studies are not closed in the order of opening."""
    with _TURNING:
        _IN_USE.remove(own)
        tempfile.tempdir = _IN_USE[-1]
        if len(_IN_USE) == 1:
            _IN_USE.clear()


def _remove_unheld(left: Path) -> None:
    """Remove a file, or a folder whose process lives no more; what cannot be removed stays for the next to try."""
    if left.is_symlink() or not left.is_dir():
        with suppress(OSError):
            left.unlink()
        return
    with _held(left) as ours:
        if ours:
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _held(folder: Path, *, wait: bool = False) -> Iterator[bool]:
    """Hold a folder at most until the process ends, however it ends; False where another process has it, it is gone,
    or there are no locks (Windows, some shared drives)."""
    try:
        import fcntl
    except ImportError:
        yield False
        return
    with ExitStack() as closing:
        try:
            handle = os.open(folder, os.O_RDONLY)
            closing.callback(os.close, handle)
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
