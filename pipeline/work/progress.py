"""How far a stage is, told from the process that works to whoever looks: counts in a small file, no text."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.domain.private_file import write_private
from pipeline.work.workplace import Progress, Workplace

EVERY: Final = 0.5
"""Seconds between two notes."""
STALE: Final = 600.0
"""Seconds after which a note that nobody renewed is a dead worker's."""


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A stage at work: what it is doing, and how much of it is done."""

    stage: str
    what: str
    done: int
    total: int


@contextmanager
def noted(work: Workplace, stage: str) -> Iterator[Progress]:
    """Progress that is written down while a stage works, and forgotten when it ends however it ends."""
    path, last = _folder(work) / f"{stage}.json", [0.0]

    def note(what: str, done: int, total: int) -> None:
        moment = time.monotonic()
        if moment - last[0] < EVERY:
            return
        last[0] = moment
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_private(path, json.dumps([what, done, total]).encode())

    try:
        yield note
    finally:
        path.unlink(missing_ok=True)


def under_way(work: Workplace) -> tuple[UnderWay, ...]:
    """The stages at work now."""
    return tuple(note for path in sorted(_folder(work).glob("*.json")) if (note := _read(path)))


def _folder(work: Workplace) -> Path:
    return work.home / "progress"


def _read(path: Path) -> UnderWay | None:
    try:
        if time.time() - path.stat().st_mtime > STALE:
            return None
        what, done, total = json.loads(path.read_text())
        return UnderWay(path.stem, str(what), int(done), int(total))
    except (OSError, ValueError):
        return None
