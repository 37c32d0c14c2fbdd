"""Who may open the review site: accounts, their roles in studies, their sessions and preferences."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables; there is no account in them, least of all one with a password somebody could know."""
    op.create_table(
        "account",
        *(_text("name"), _text("password_hash"), _flag("administrator"), _flag("active"), _text("created_at")),
        *(_number("failures"), _text("locked_until", null=True), _number("password_version")),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "membership",
        *(_text("study"), _text("account"), _text("role")),
        *(_of_account(), sa.PrimaryKeyConstraint("study", "account", "role")),
    )
    op.create_table(
        "session",
        *(_text("token_hash"), _text("account"), _text("created_at"), _text("seen_at"), _text("expires_at")),
        *(_number("password_version"), _of_account(), sa.PrimaryKeyConstraint("token_hash")),
    )
    op.create_index("session_of_account", "session", ["account"])
    op.create_table(
        "preference",
        *(_text("account"), _text("key"), _text("value")),
        *(_of_account(), sa.PrimaryKeyConstraint("account", "key")),
    )


def _text(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=null)


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, nullable=False)


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean, nullable=False)


def _of_account() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["account"], ["account.name"])
