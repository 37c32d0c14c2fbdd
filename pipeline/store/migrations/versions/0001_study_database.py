"""The study database."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_SQLITE = """
CREATE TRIGGER decision_never_changed BEFORE UPDATE ON decision
BEGIN SELECT RAISE(ABORT, 'a decision is never changed'); END
--
CREATE TRIGGER decision_never_deleted BEFORE DELETE ON decision
BEGIN SELECT RAISE(ABORT, 'a decision is never deleted'); END
"""
_POSTGRESQL = """
CREATE FUNCTION decision_stands() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'a decision is never changed or deleted'; END $$
--
CREATE TRIGGER decision_never_changed BEFORE UPDATE OR DELETE ON decision
FOR EACH ROW EXECUTE FUNCTION decision_stands()
--
CREATE TRIGGER decision_never_emptied BEFORE TRUNCATE ON decision
FOR EACH STATEMENT EXECUTE FUNCTION decision_stands()
"""


def upgrade() -> None:
    """Make every table, and the triggers that keep decisions as they are."""
    _study_and_talk()
    _what_stages_made()
    _what_people_decided()
    triggers = _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL
    for statement in triggers.split("--"):
        op.execute(statement)


def _text(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=null)


def _number(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, nullable=null)


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON, nullable=False)


def _of_study() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["study"], ["study.id"])


def _of_transcript() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["study", "transcript"], ["transcript.study", "transcript.id"])


def _study_and_talk() -> None:
    op.create_table(
        "study", _text("id"), _number("position"), _text("title"), _json("body"), sa.PrimaryKeyConstraint("id")
    )
    op.create_table(
        "transcript",
        *(_text("study"), _text("id"), _number("position"), _text("group_id"), _text("filename"), _text("at")),
        *(_text("format"), _text("text"), _json("turns"), _json("account")),
        *(_of_study(), sa.PrimaryKeyConstraint("study", "id")),
    )
    op.create_table(
        "refused_file",
        *(_text("study"), _text("sha256"), _text("filename"), _text("reason"), _text("at")),
        *(_of_study(), sa.PrimaryKeyConstraint("study", "sha256", "filename")),
    )
    op.create_table(
        "segment",
        *(_text("study"), _text("transcript"), _number("position"), _text("id"), _number("turn")),
        *(_number("start"), _number("end")),
        *(sa.Column("noise", sa.Boolean, nullable=False), sa.Column("moderator", sa.Boolean, nullable=False)),
        *(_of_study(), _of_transcript(), sa.PrimaryKeyConstraint("study", "transcript", "position")),
        sa.UniqueConstraint("study", "id", name="segment_id_once"),
    )
    op.create_table(
        "turn_question",
        *(_text("study"), _text("transcript"), _number("turn"), _text("question")),
        sa.Column("confidence", sa.Float, nullable=False),
        *(_of_study(), _of_transcript(), sa.PrimaryKeyConstraint("study", "transcript", "turn")),
    )


def _what_stages_made() -> None:
    op.create_table(
        "vector",
        *(_text("model"), _text("hash"), sa.Column("vector", sa.LargeBinary, nullable=False)),
        sa.PrimaryKeyConstraint("model", "hash"),
    )
    op.create_table(
        "stage_version",
        *(_text("study"), _text("stage"), _number("version"), _text("fingerprint"), _json("summary"), _text("at")),
        *(_of_study(), sa.PrimaryKeyConstraint("study", "stage", "version")),
    )
    op.create_table(
        "suggestion_set",
        *(_text("study"), _number("version"), _json("suggestions"), _json("unclear"), _json("proposed")),
        *(_of_study(), sa.PrimaryKeyConstraint("study", "version")),
    )


def _what_people_decided() -> None:
    op.create_table(
        "decision",
        *(_text("study"), _number("seq"), _text("key"), _text("coder"), _text("at"), _text("kind")),
        *(_text("subject"), _text("payload"), _text("reason"), _number("expected_version", null=True)),
        *(_text("prev_hash"), _text("hash"), _of_study(), sa.PrimaryKeyConstraint("study", "seq")),
        sa.UniqueConstraint("study", "key", name="decision_key_once"),
    )
    op.create_table(
        "touched",
        *(_text("study"), _text("subject"), _number("version"), _number("seq")),
        sa.PrimaryKeyConstraint("study", "subject", "version"),
    )
    op.create_index("touched_by_decision", "touched", ["study", "seq"])
    op.create_table(
        "outbox",
        sa.Column("position", sa.Integer, primary_key=True),
        *(_text("key"), _text("study"), _text("deployment"), _json("parameters")),
        *(_number("attempts"), _text("problem"), _text("sent_at", null=True), _text("flow_run", null=True)),
        _text("outcome", null=True),
        *(_of_study(), sa.UniqueConstraint("key", name="outbox_key_once")),
    )
