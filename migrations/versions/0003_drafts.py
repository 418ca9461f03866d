"""Tables of drafts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from policy_api.db.base import WHOLE_NUMBER
from policy_api.db.ddl import is_json, table_options
from policy_api.db.types import CanonicalJson, UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create drafts and their edited entries."""
    op.create_table(
        "draft",
        sa.Column("id", WHOLE_NUMBER, primary_key=True),
        sa.Column("base_release", WHOLE_NUMBER, sa.ForeignKey("release.number"), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "release",
            WHOLE_NUMBER,
            sa.ForeignKey("release.number", deferrable=True, initially="DEFERRED"),
            nullable=True,
        ),
        sa.CheckConstraint("state IN ('open', 'published', 'discarded')", name="state"),
        sa.CheckConstraint("(state = 'published') = (release IS NOT NULL)", name="published_as"),
        sqlite_autoincrement=True,
        **table_options(),
    )
    op.create_table(
        "draft_entry",
        sa.Column(
            "draft_id",
            WHOLE_NUMBER,
            sa.ForeignKey("draft.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("path", sa.Text(), primary_key=True),
        sa.Column("body", CanonicalJson(), nullable=True),
        is_json("body"),
        **table_options(),
    )
