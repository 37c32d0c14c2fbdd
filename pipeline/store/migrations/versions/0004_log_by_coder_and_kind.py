"""The log of one coder, and of one kind of decision, without reading all of it."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Two more ways into the log."""
    op.create_index("decision_by_coder", "decision", ["study", "coder", "seq"])
    op.create_index("decision_by_kind", "decision", ["study", "kind", "seq"])
