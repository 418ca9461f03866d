"""Tables of the event log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from policy_api.db.base import WHOLE_NUMBER
from policy_api.db.ddl import is_json, make_append_only, table_options
from policy_api.db.types import CanonicalJson, UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the log, and the counter that numbers it without gaps."""
    op.create_table(
        "event",
        sa.Column("sequence", WHOLE_NUMBER, primary_key=True, autoincrement=False),
        sa.Column("id", sa.Text(), nullable=False, unique=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("occurred_at", UTCDateTime(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column(
            "release",
            WHOLE_NUMBER,
            sa.ForeignKey("release.number", deferrable=True, initially="DEFERRED"),
            nullable=True,
        ),
        sa.Column("policy", sa.Text(), nullable=True),
        sa.Column("sites", CanonicalJson(), nullable=False),
        sa.Column("significance", sa.Text(), nullable=True),
        sa.Column("change_types", CanonicalJson(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("sequence >= 1", name="sequence_from_one"),
        *map(is_json, ("sites", "change_types")),
        **table_options(),
    )
    make_append_only("event")
    counter = op.create_table(
        "event_counter",
        sa.Column("id", WHOLE_NUMBER, primary_key=True, autoincrement=False),
        sa.Column("value", WHOLE_NUMBER, nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
        **table_options(),
    )
    op.bulk_insert(counter, [{"id": 1, "value": 0}])
