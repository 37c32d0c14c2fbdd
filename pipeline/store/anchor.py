"""How far the decision log is known to reach, noted outside the database.

A log that lost its tail, or was replaced, is sound in itself; only a note kept elsewhere tells. The note is made
after each commit, so a crash may leave it behind the log, never ahead of it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.errors import ServiceUnavailable, StoreDamaged


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a study's log: how many decisions, and the hash of the last."""

    count: int
    hash: str


class Anchor:
    """The file of notes, one per study; without a path, nothing is noted and nothing known."""

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def read(self, study: str) -> Head | None:
        """The noted head of a study's log.

        Raises:
            StoreDamaged: the file is there but is no anchor.
        """
        note = self._notes().get(study)
        return Head(*note) if note else None

    def advance(self, study: str, head: Head) -> None:
        """Note a head that is safely on disk, unless a later one is noted already.

        Raises:
            ServiceUnavailable: the file cannot be written; the log is ahead of it, which is allowed.
        """
        if self.path is None:
            return
        try:
            with _alone(self.path):
                notes = self._notes()
                if notes.get(study, (0, ""))[0] < head.count:
                    _replace(self.path, json.dumps(notes | {study: (head.count, head.hash)}, indent=1))
        except OSError as error:
            raise ServiceUnavailable(
                f"The decision is stored, but the anchor file {self.path} cannot be written: {error.strerror}."
            ) from None

    def _notes(self) -> dict[str, tuple[int, str]]:
        if self.path is None:
            return {}
        try:
            notes = json.loads(self.path.read_text(encoding="utf-8"))
            return {study: (int(count), str(digest)) for study, (count, digest) in notes.items()}
        except FileNotFoundError:
            return {}
        except (ValueError, AttributeError, TypeError):
            raise StoreDamaged(
                f"The anchor file {self.path} cannot be read, so nobody can tell whether the decision log is whole. "
                f"Restore it from a backup; remove it only if you are sure of the database."
            ) from None


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Wait until no other process writes the anchor. Without file locks (Windows) a note may lag."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(path.with_name(path.name + ".lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _replace(path: Path, text: str) -> None:
    """Write the file so that a crash leaves the old or the new one, whole."""
    fresh = path.with_name(path.name + ".new")
    handle = os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    try:
        os.write(handle, text.encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    fresh.replace(path)  # the folder is not synced: after a power cut the old file may be back, which only lags
