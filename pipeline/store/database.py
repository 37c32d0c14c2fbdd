"""Transactions: reading, writing, and several repository calls joined into one."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Engine, PoolProxiedConnection, Table, func, select, text
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine.interfaces import IsolationLevel
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from pipeline.domain.errors import NotReady, ServiceUnavailable, StoreDamaged
from pipeline.store.errors import RESTORE

WRITES: Final = "polyvocal_writes"
"""The execution option of a connection that is about to write; SQLite then begins IMMEDIATE."""
PATIENCE: Final = 30.0
"""Seconds to wait for other writers before giving up."""
FRESH: Final = 0.05
"""Seconds for which PostgreSQL is not asked again whether anybody wrote."""
_BUSY: Final = frozenset({5, 6})
"""SQLITE_BUSY and SQLITE_LOCKED, in the low byte of an error code."""
_DAMAGED: Final = frozenset({11, 26})
"""SQLITE_CORRUPT and SQLITE_NOTADB."""
_LOCK_WAITED_FOR: Final = "55P03"
_NOT_ALLOWED: Final = frozenset({"42501", "25006"})
"""What PostgreSQL answers whom it lets read alone: no privilege, and no writing in a transaction that reads."""


@dataclass(slots=True)
class _Joined:
    connection: Connection
    after_commit: list[Callable[[], None]] = field(default_factory=list)
    holds: set[str] = field(default_factory=set)


class Database:
    """One engine. Each thread has at most one transaction that writes; calls made inside it join it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._current = threading.local()
        self._watching = threading.Lock()
        self._watch: PoolProxiedConnection | None = None
        self._committed = 0
        self._asked = -FRESH
        self._shown: object = None

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a SQLite file rather than PostgreSQL."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for one question, which sees this thread's own unfinished writes. What several questions are
        to see as of one moment is asked `at_once`."""
        with self._asking("AUTOCOMMIT") as connection:
            yield connection

    @contextmanager
    def at_once(self) -> Iterator[Connection]:
        """A connection that sees one state of the database, as do the calls made inside, in this thread."""
        with self._asking("REPEATABLE READ") as connection:
            before = self._seeing()
            self._current.seeing = connection
            try:
                yield connection
            finally:
                self._current.seeing = before

    @contextmanager
    def writing(self, *studies: str) -> Iterator[Connection]:
        """A transaction that writes; committed at the end, undone on any error.

        SQLite lets one writer in at a time. PostgreSQL does so for each of the `studies` named (or `talk_of` one).
        """
        if joined := self._joined():
            self._take_turns(joined, studies)
            yield joined.connection
            return
        with plainly_told(), self._begun() as connection:
            joined = self._current.joined = _Joined(connection)
            try:
                self._take_turns(joined, studies)
                yield connection
                connection.commit()
            finally:
                self._current.joined = None
        with self._watching:
            self._committed += 1
        for action in joined.after_commit:
            action()

    def pulse(self) -> object:
        """What changes with every write: at once with those made here; with those of other processes by SQLite's
        `data_version` on a connection that never writes, or by which transactions PostgreSQL shows, asked every FRESH
        seconds at most. None within a transaction of this thread, whose writes it does not see."""
        if self._joined():
            return None
        with self._watching:
            if self.is_sqlite:
                if self._watch is None:
                    self._watch = self.engine.raw_connection()
                return self._committed, self._watch.cursor().execute("PRAGMA data_version").fetchone()[0]
            if time.monotonic() - self._asked > FRESH:
                self._asked, self._shown = time.monotonic(), self._shown_now()
            return self._committed, self._shown

    def _shown_now(self) -> object:
        """PostgreSQL's snapshot as text: equal ones show the same rows."""
        with self.reading() as connection:
            return connection.execute(text("SELECT CAST(txid_current_snapshot() AS text)")).scalar_one()

    def close(self) -> None:
        """Let go of every connection; SQLite then writes its log into the file."""
        with self._watching:
            watch, self._watch = self._watch, None
        if watch:
            watch.close()
        self.engine.dispose()

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run `action` once this thread's transaction is safely on disk; never if it is undone."""
        joined = self._joined()
        assert joined, "after_commit belongs inside writing()"
        joined.after_commit.append(action)

    def _joined(self) -> _Joined | None:
        return getattr(self._current, "joined", None)

    @contextmanager
    def _asking(self, isolation: IsolationLevel) -> Iterator[Connection]:
        joined = self._joined()
        if shared := joined.connection if joined else self._seeing():
            yield shared
            return
        with plainly_told(), self.engine.connect() as connection:
            if not self.is_sqlite:  # its transactions see one state anyway, and cost nothing
                connection.execution_options(isolation_level=isolation)
            yield connection

    def _seeing(self) -> Connection | None:
        return getattr(self._current, "seeing", None)

    @contextmanager
    def _begun(self) -> Iterator[Connection]:
        """A connection whose transaction holds the right to write; waits, with jitter, while others hold it."""
        deadline = time.monotonic() + PATIENCE
        while True:
            with self.engine.connect() as connection:
                connection.execution_options(**{WRITES: True})
                try:
                    connection.begin()
                except OperationalError as error:
                    if _code(error) not in _BUSY or time.monotonic() > deadline:
                        raise
                else:
                    yield connection
                    return
            time.sleep(random.uniform(0.005, 0.05))  # noqa: S311 - spreads writers out, guards no secret

    def _take_turns(self, joined: _Joined, studies: tuple[str, ...]) -> None:
        if self.is_sqlite:
            return
        # always in the same order, so that two writers never wait for each other
        for study in sorted(set(studies) - joined.holds):
            place = func.hashtext(func.current_schema())
            joined.connection.execute(select(func.pg_advisory_xact_lock(place, func.hashtext(study))))
            joined.holds.add(study)


def talk_of(study: str) -> str:
    """The turn to take for writing what is made of a study's talk: whoever decides meanwhile need not wait for it."""
    return f"{study} talk"


def insert_new(connection: Connection, table: Table) -> Any:
    """An INSERT that both databases can be told `.on_conflict_do_nothing()` or `.on_conflict_do_update()`."""
    return sqlite_insert(table) if connection.dialect.name == "sqlite" else postgresql_insert(table)


@contextmanager
def plainly_told() -> Iterator[None]:
    """Database errors as named errors whose sentences hold no data.

    Raises:
        StoreDamaged: the file is no sound database.
        NotReady: something refers to what is not stored.
        ServiceUnavailable: locked for too long, not reachable, not to be written to, disk full.
    """
    try:
        yield
    except IntegrityError:
        raise NotReady(
            "The study database lacks what this refers to: save the study and its transcripts first."
        ) from None
    except PoolTimeout:
        raise ServiceUnavailable("The study database has too many askers at once; try again in a moment.") from None
    except DataError:
        raise NotReady("The study database cannot hold this value; is there a NUL character in a text?") from None
    except DatabaseError as error:
        if _code(error) in _DAMAGED:
            raise StoreDamaged(f"The study database file is damaged. {RESTORE}") from None
        if _code(error) in _BUSY or _state(error) == _LOCK_WAITED_FOR:
            raise ServiceUnavailable(
                f"Another program has been writing to the study database for {PATIENCE:.0f} seconds; try again."
            ) from None
        if _state(error) in _NOT_ALLOWED:
            raise ServiceUnavailable(
                f"The study database does not let Polyvocal write to it ({_brief(error)}). Ask who runs the server."
            ) from None
        if isinstance(error, OperationalError):
            raise ServiceUnavailable(f"The study database does not answer ({_brief(error)}).") from None
        raise


def _code(error: DatabaseError) -> int:
    return int(getattr(error.orig, "sqlite_errorcode", 0)) & 0xFF


def _state(error: DatabaseError) -> str:
    """PostgreSQL's five letters for what went wrong."""
    return str(getattr(error.orig, "sqlstate", None) or "")


def _brief(error: DatabaseError) -> str:
    """The driver's own first line: it names files, hosts and limits, never a value."""
    said = re.sub(r"\[Errno -?\d+\] ", "", str(error.orig)).strip()
    return said.splitlines()[0] if said else type(error.orig).__name__
