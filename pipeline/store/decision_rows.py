"""A decision as a row, and back."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, Row, select

from pipeline.domain.decision import Decision, Draft, Kind
from pipeline.domain.errors import StoreDamaged
from pipeline.store.errors import RESTORE
from pipeline.store.jsontext import as_text
from pipeline.store.schema import DECISION


def to_row(decision: Decision) -> dict[str, Any]:
    """The columns of a decision."""
    draft = decision.draft
    return {
        "study": draft.study,
        "seq": decision.seq,
        "key": draft.key,
        "coder": draft.coder,
        "at": draft.at,
        "kind": str(draft.kind),
        "subject": draft.subject,
        "payload": as_text(draft.payload),
        "reason": draft.reason,
        "expected_version": draft.expected_version,
        "prev_hash": decision.prev_hash,
        "hash": decision.hash,
        "book": draft.book,
    }


def from_rows(rows: Iterable[Row[Any]]) -> tuple[Decision, ...]:
    """The decisions of rows.

    Raises:
        StoreDamaged: a row holds what is no decision.
    """
    return tuple(_decision(row) for row in rows)


def _decision(row: Row[Any]) -> Decision:
    study, seq, key, coder, at, kind, subject, payload, reason, expected_version, prev_hash, digest, book = row
    try:
        draft = Draft(key, study, coder, at, Kind(kind), subject, json.loads(payload), reason, expected_version, book)
    except (ValueError, TypeError):
        raise StoreDamaged(f"Decision {seq} of study {study} cannot be read. {RESTORE}") from None
    return Decision(seq, draft, prev_hash, digest)


def read_log(
    connection: Connection, study_id: str, after: int = 0, *, books: Collection[str] | None = None
) -> tuple[Decision, ...]:
    """The decisions of a study with a seq above `after`, in order; those of some books only where any are named."""
    query = select(DECISION).where(DECISION.c.study == study_id, DECISION.c.seq > after).order_by(DECISION.c.seq)
    if books is not None:
        query = query.where(DECISION.c.book.in_(sorted(books)))
    return from_rows(connection.execute(query))
