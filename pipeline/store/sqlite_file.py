"""SQLite: a private file, made for losing nothing when the power goes."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event

from pipeline.domain.errors import ServiceUnavailable, StoreDamaged
from pipeline.store.database import PATIENCE, WRITES
from pipeline.store.errors import RESTORE, BackupRefused
from pipeline.store.jsontext import as_text

_BUSY_TIMEOUT: Final = 5.0
_PAGES_AT_ONCE: Final = 1_000
"""Pages of 4 KiB that a backup copies before it leaves the disk to others for as long as they took."""
_LONGEST_REST: Final = 1.0
"""Seconds: who was stopped for an hour is not to rest for another."""
_FIXED_IN: Final = (3, 51, 3)
_BACKPORTS: Final = {(3, 44): 6, (3, 50): 7}
"""Releases below `_FIXED_IN` that hold the same mend, from this patch on."""


def open_file(path: Path) -> Engine:
    """An engine on the file, which is made (mode 0600) where it is missing.

    Raises:
        ServiceUnavailable: the file cannot be made or opened.
        StoreDamaged: it is there but is no database.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        _use_wal(path)
    except (OSError, sqlite3.OperationalError) as error:
        raise ServiceUnavailable(f"The study database {path} cannot be opened: {_reason(error)}.") from None
    except sqlite3.DatabaseError:
        raise StoreDamaged(f"{path} is no sound study database. {RESTORE}") from None
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": _BUSY_TIMEOUT, "isolation_level": None},
        hide_parameters=True,
        json_serializer=as_text,
    )
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def warning(version: str = sqlite3.sqlite_version) -> str:
    """A sentence on a known fault of this SQLite, or "". Source: sqlite.org/wal.html, "the WAL-reset bug"."""
    major, minor, patch = (int(part) for part in version.split(".")[:3])
    if not (3, 7, 0) <= (major, minor, patch) < _FIXED_IN or patch >= _BACKPORTS.get((major, minor), 10**6):
        return ""
    return (
        f"This Python brings SQLite {version}, which has a rare fault: two programs writing at the same moment can "
        f"damage the file. Let one Polyvocal write at a time, or use a Python with SQLite "
        f"{'.'.join(map(str, _FIXED_IN))} or newer."
    )


def back_up(source: Path, target: Path) -> None:
    """A complete copy as of now (mode 0600), made while others go on writing.

    Raises:
        BackupRefused: there is a file of that name, or it cannot be written.
    """
    unfinished = target.with_name(target.name + ".unfinished")
    if target.exists():
        raise BackupRefused(f"{target} is there already; name a new file for the backup.")
    try:
        os.close(os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600))
        _copy(source, unfinished)
        unfinished.rename(target)
    except (OSError, sqlite3.Error) as error:
        _remove(unfinished)
        raise BackupRefused(f"The backup {target} cannot be written: {_reason(error)}.") from None
    except BaseException:  # Ctrl-C: talk does not stay where nobody looks for it
        _remove(unfinished)
        raise


def _remove(unfinished: Path) -> None:
    for path in (unfinished, unfinished.with_name(unfinished.name + "-journal")):
        path.unlink(missing_ok=True)


def _reason(error: OSError | sqlite3.Error) -> str:
    """Why, without error numbers."""
    return (error.strerror if isinstance(error, OSError) else "") or str(error)


def _copy(source: Path, target: Path) -> None:
    """By and by: hundreds of megabytes written at once would keep a coder's save waiting for half a second."""
    reader, writer = sqlite3.connect(source, timeout=_BUSY_TIMEOUT), sqlite3.connect(target)
    try:
        reader.execute("BEGIN")
        reader.execute("SELECT 1 FROM sqlite_master")  # from here on it sees one state, and is not begun anew
        with target.open("rb") as written:
            began = time.monotonic()

            def rest(_status: int, _remaining: int, _total: int) -> None:
                nonlocal began
                os.fsync(written.fileno())
                time.sleep(min(time.monotonic() - began, _LONGEST_REST))
                began = time.monotonic()

            reader.backup(writer, pages=_PAGES_AT_ONCE, progress=rest)
        writer.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    finally:
        reader.close()
        writer.close()


def scrub(path: Path) -> bool:
    """Write the log beside the file into it and empty the log; False where somebody reads an older state."""
    connection = sqlite3.connect(path, timeout=_BUSY_TIMEOUT, isolation_level=None)
    try:
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    finally:
        connection.close()


def _use_wal(path: Path) -> None:
    """Switch the file to WAL, once: SQLite does not wait for its turn here, so this waits instead."""
    deadline = time.monotonic() + PATIENCE
    connection = sqlite3.connect(path, timeout=_BUSY_TIMEOUT, isolation_level=None)
    try:
        while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            try:
                connection.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
    finally:
        connection.close()


def _set_up(connection: sqlite3.Connection, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
