"""A study database opened: the repositories over one database, and what concerns it as a whole."""

from __future__ import annotations

import types
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Self

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError

from pipeline.domain.errors import SettingsInvalid
from pipeline.store import sqlite_file
from pipeline.store.accounts import Accounts
from pipeline.store.anchor import Anchor
from pipeline.store.database import Database
from pipeline.store.decisions import Decisions
from pipeline.store.errors import BackupRefused
from pipeline.store.migrating import bring_up_to_date
from pipeline.store.outbox import Outbox
from pipeline.store.questions import Questions
from pipeline.store.segments import Segments
from pipeline.store.stages import Stages
from pipeline.store.studies import Studies
from pipeline.store.suggestions import Suggestions
from pipeline.store.transcripts import Transcripts
from pipeline.store.vectors import Vectors


class Store:
    """The study database. May be used from several threads and opened by several processes."""

    def __init__(self, database: Database, anchor: Anchor) -> None:
        self._database = database
        self.studies = Studies(database)
        self.transcripts = Transcripts(database)
        self.segments = Segments(database)
        self.questions = Questions(database)
        self.vectors = Vectors(database)
        self.stages = Stages(database)
        self.suggestions = Suggestions(database)
        self.decisions = Decisions(database, anchor)
        self.outbox = Outbox(database)
        self.accounts = Accounts(database)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences that whoever runs this should know: a known fault of the SQLite in use."""
        sentence = sqlite_file.warning() if self._database.is_sqlite else ""
        return (sentence,) if sentence else ()

    def atomically(self, *studies: str) -> AbstractContextManager[object]:
        """Join the calls made inside, in this thread, into one transaction: all of them or none.

        Where `studies` are named, no other transaction that names one of them goes on beside it.
        """
        return self._database.writing(*studies)

    def at_once(self) -> AbstractContextManager[object]:
        """Let the reading calls made inside, in this thread, see one state of the database."""
        return self._database.at_once()

    def pulse(self) -> object:
        """A value that stays the same as long as nobody has written; that another process has may be told a twentieth
        of a second late. None within a transaction of this thread."""
        return self._database.pulse()

    def scrub(self) -> bool:
        """Let nothing that was deleted stand in the database's own files; False where others are reading just now and
        it has to wait until they close it. PostgreSQL does that by itself, in its own time."""
        file = self._database.engine.url.database
        return not self._database.is_sqlite or not file or sqlite_file.scrub(Path(file))

    def backup(self, path: Path) -> None:
        """Copy the whole database, as of now, to a new file.

        Raises:
            BackupRefused: PostgreSQL, or the file cannot be written.
        """
        file = self._database.engine.url.database
        if not self._database.is_sqlite or not file:
            raise BackupRefused("The study database is in PostgreSQL: back it up with `pg_dump`.")
        sqlite_file.back_up(Path(file), path)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: types.TracebackType | None
    ) -> None:
        self.close()


def open_store(url: str | Path, *, anchor: Path | None) -> Store:
    """Open the study database at a SQLite path or a SQLAlchemy URL, made or brought up to date where needed.

    Raises:
        SettingsInvalid: the URL names no database Polyvocal can use.
        ServiceUnavailable: it does not answer.
        StoreTooNew: a newer Polyvocal has changed it.
    """
    database = Database(_engine(url))
    bring_up_to_date(database)
    return Store(database, Anchor(anchor))


def _engine(url: str | Path) -> Engine:
    if isinstance(url, Path) or "://" not in url:
        return sqlite_file.open_file(Path(url))
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        raise SettingsInvalid("`store.url` is not a database URL.") from None
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        return sqlite_file.open_file(Path(parsed.database))
    if parsed.get_backend_name() == "postgresql":
        from pipeline.store.postgresql import open_server

        return open_server(parsed)
    raise SettingsInvalid("`store.url` must name a SQLite file or a PostgreSQL database (postgresql://…).")
