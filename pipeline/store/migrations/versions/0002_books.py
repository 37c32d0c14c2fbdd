"""Whose book a decision is written in: the team's, or a coder's own in a blind round."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Decisions taken before there were rounds are the team's."""
    op.add_column("decision", sa.Column("book", sa.Text, nullable=False, server_default=""))
    op.create_index("decision_by_book", "decision", ["study", "book", "seq"])
