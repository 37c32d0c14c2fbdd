"""Everything a study's home holds, but for the clock: two equal states are the same study."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Table, select

from pipeline.domain.decision import Decision
from pipeline.domain.folding import fold
from pipeline.store import open_store
from pipeline.store.schema import METADATA

from .workers import Place

STUDY: Final = "sample"
CLOCK: Final = frozenset({"at", "sent_at", "hash", "prev_hash"})
"""Columns that differ from run to run: moments, and hashes that cover moments."""
MAPPED: Final = frozenset({"map"})
"""Stages whose fingerprint covers the hashes of decisions, and so their moments."""

State = dict[str, Any]


def state_of(place: Place) -> State:
    """Rows per table in a fixed order, the codebook folded from the log, the files that people see.

    Also holds the log against its hashes and its anchor, and (SQLite) the file against its own check.
    """
    with open_store(place.url or place.home / "study.db", anchor=place.home / "anchor.json") as store:
        log = store.decisions.log(STUDY)
        noted = json.loads((place.home / "anchor.json").read_text())[STUDY] if log else None
        assert noted == ([log[-1].seq, log[-1].hash] if log else None), "the anchor lags behind a finished run"
        assert [item.seq for item in log] == list(range(1, len(log) + 1))
        assert max(Counter(item.draft.key for item in log).values(), default=1) == 1
        store.decisions.verify(STUDY)
        with store._database.reading() as connection:
            found: State = {table.name: _rows(connection, table) for table in METADATA.sorted_tables}
    if not place.url:
        _check_file(place.home / "study.db")
    found["codebook"] = _book(log)
    found["files"] = sorted(
        str(path.relative_to(place.home))
        for folder in ("inbox", "outbox", "transcripts")
        for path in (place.home / folder).rglob("*")
    )
    return found


def stored_vectors(home: Path) -> set[str]:
    """The vectors in the file as a killed worker left it, by model and hash of the text."""
    with closing(sqlite3.connect(home / "study.db")) as connection:
        return {f"{model}/{key}" for model, key in connection.execute("SELECT model, hash FROM vector")}


def difference(expected: State, found: State) -> str:
    """The first thing that differs, in words; "" for equal states."""
    for name, rows in expected.items():
        if rows == found[name]:
            continue
        if not isinstance(rows, list):
            return f"{name} differs"
        lost, new = Counter[str](rows), Counter[str](found[name])
        lost, new = lost - new, new - lost
        first = [item[:300] for item in (*list(lost)[:1], *list(new)[:1])]
        return f"{name}: {lost.total()} rows missing, {new.total()} too many or changed; {first}"
    return ""


def _rows(connection: Connection, table: Table) -> list[str]:
    """The rows as text, whole: an SQLAlchemy row would shorten what is long."""
    of_texts = table.name == "vector"  # its hash covers a text, no moment
    columns = [column for column in table.c if of_texts or column.name not in CLOCK]
    rows = [row._asdict() for row in connection.execute(select(*columns))]
    for row in rows:
        if row.get("stage") in MAPPED:
            del row["fingerprint"]
    return sorted(map(repr, rows))


def _check_file(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def _book(log: tuple[Decision, ...]) -> list[str]:
    book = fold(log)
    return [
        *map(repr, book.codes.values()),
        *map(repr, book.codings.values()),
        *map(repr, book.themes.values()),
        repr(sorted(book.accepted.items())),
        repr(sorted(book.rejected.items())),
        repr(sorted(book.removed)),
        repr([(memo.subject, memo.text) for memo in book.memos]),
        repr(book.void),
    ]
