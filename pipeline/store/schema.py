"""The tables. What people said stands in `transcript.text` alone; everything else cites ids and spans."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

METADATA: Final = MetaData()


def _study(*, key: bool = True) -> Column[str]:
    return Column("study", Text, ForeignKey("study.id"), primary_key=key, nullable=False)


def _of_transcript() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["study", "transcript"], ["transcript.study", "transcript.id"])


STUDY: Final = Table(
    "study",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", JSON, nullable=False),
)

TRANSCRIPT: Final = Table(
    "transcript",
    METADATA,
    _study(),
    Column("id", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("group_id", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("turns", JSON, nullable=False),
    Column("account", JSON, nullable=False),
)

REFUSED_FILE: Final = Table(
    "refused_file",
    METADATA,
    _study(),
    Column("sha256", Text, primary_key=True),
    Column("filename", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at", Text, nullable=False),
)

SEGMENT: Final = Table(
    "segment",
    METADATA,
    _study(),
    Column("transcript", Text, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("noise", Boolean, nullable=False),
    Column("moderator", Boolean, nullable=False),
    _of_transcript(),
    UniqueConstraint("study", "id", name="segment_id_once"),
)

TURN_QUESTION: Final = Table(
    "turn_question",
    METADATA,
    _study(),
    Column("transcript", Text, primary_key=True),
    Column("turn", Integer, primary_key=True, autoincrement=False),
    Column("question", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    _of_transcript(),
)

VECTOR: Final = Table(
    "vector",
    METADATA,
    Column("model", Text, primary_key=True),
    Column("hash", Text, primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

STAGE_VERSION: Final = Table(
    "stage_version",
    METADATA,
    _study(),
    Column("stage", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("fingerprint", Text, nullable=False),
    Column("summary", JSON, nullable=False),
    Column("at", Text, nullable=False),
)

SUGGESTION_SET: Final = Table(
    "suggestion_set",
    METADATA,
    _study(),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("suggestions", JSON, nullable=False),
    Column("unclear", JSON, nullable=False),
    Column("proposed", JSON, nullable=False),
)

DECISION: Final = Table(
    "decision",
    METADATA,
    _study(),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False),
    Column("coder", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("expected_version", Integer),
    Column("prev_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("book", Text, nullable=False, server_default=""),
    UniqueConstraint("study", "key", name="decision_key_once"),
    Index("decision_by_book", "study", "book", "seq"),
    Index("decision_by_coder", "study", "coder", "seq"),
    Index("decision_by_kind", "study", "kind", "seq"),
)
"""Never changed and never deleted: triggers in the migrations refuse it."""

TOUCHED: Final = Table(
    "touched",
    METADATA,
    Column("study", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Index("touched_by_decision", "study", "seq"),
)
"""Which decision brought a subject to which version: `domain.decision.versions` without reading the log.

Without foreign keys: checking them made a large import quadratic on PostgreSQL; `verify` checks the table whole."""

OUTBOX: Final = Table(
    "outbox",
    METADATA,
    Column("position", Integer, primary_key=True),
    Column("key", Text, nullable=False),
    _study(key=False),
    Column("deployment", Text, nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("problem", Text, nullable=False),
    Column("sent_at", Text),
    Column("flow_run", Text),
    Column("outcome", Text),
    UniqueConstraint("key", name="outbox_key_once"),
)


def _account() -> Column[str]:
    return Column("account", Text, ForeignKey("account.name"), primary_key=True)


ACCOUNT: Final = Table(
    "account",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("administrator", Boolean, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", Text),
    Column("password_version", Integer, nullable=False),
)
"""An empty `password_hash` opens nothing. `password_version` rises with every new password."""

MEMBERSHIP: Final = Table(
    "membership",
    METADATA,
    Column("study", Text, primary_key=True),
    _account(),
    Column("role", Text, primary_key=True),
)
"""Without a foreign key to `study`: one database of accounts serves the databases of several studies."""

SESSION: Final = Table(
    "session",
    METADATA,
    Column("token_hash", Text, primary_key=True),
    Column("account", Text, ForeignKey("account.name"), nullable=False),
    Column("created_at", Text, nullable=False),
    Column("seen_at", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
    Column("password_version", Integer, nullable=False),
    Index("session_of_account", "account"),
)
"""The sha256 of each session's token; the token itself is only ever in its browser."""

PREFERENCE: Final = Table(
    "preference",
    METADATA,
    _account(),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
