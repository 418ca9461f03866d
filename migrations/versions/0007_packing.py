"""Tables of packing: bodies at full strength of compression."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from policy_api.db.base import WHOLE_NUMBER
from policy_api.db.ddl import table_options
from policy_api.db.types import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the bodies, and the row that says how far packing is."""
    op.create_table(
        "packed_body",
        sa.Column("digest", sa.Text(), primary_key=True),
        sa.Column("coding", sa.Text(), primary_key=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        **table_options(),
    )
    packing = op.create_table(
        "packing",
        sa.Column("id", WHOLE_NUMBER, primary_key=True, autoincrement=False),
        sa.Column("number", WHOLE_NUMBER, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("taken_until", UTCDateTime(), nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
        **table_options(),
    )
    begin = datetime(2000, 1, 1, tzinfo=UTC)
    op.bulk_insert(packing, [{"id": 1, "number": 0, "state": "", "taken_until": begin}])
