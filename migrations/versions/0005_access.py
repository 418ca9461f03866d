"""Tables of access: tokens, the audit log, remembered answers; and who worked on a draft."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from policy_api.db.base import WHOLE_NUMBER
from policy_api.db.ddl import is_json, make_append_only, table_options
from policy_api.db.types import CanonicalJson, Digest, UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    create_token()
    create_audit()
    create_remembered_answer()
    create_beside_draft()


def create_token() -> None:
    op.create_table(
        "token",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("secret_digest", Digest(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("scopes", CanonicalJson(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("last_used_at", UTCDateTime(), nullable=True),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.Column("revoked_by", sa.Text(), nullable=True),
        sa.CheckConstraint("created_at < expires_at", name="expires_later"),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revoked_by"),
        is_json("scopes"),
        **table_options(),
    )


def create_audit() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("sequence", WHOLE_NUMBER, primary_key=True, autoincrement=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("token_id", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=True),
        sa.Column("before_digest", Digest(), nullable=True),
        sa.Column("after_digest", Digest(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("chain_digest", Digest(), nullable=False),
        sa.CheckConstraint("sequence >= 1", name="sequence_from_one"),
        **table_options(),
    )
    make_append_only("audit_entry")
    head = op.create_table(
        "audit_head",
        sa.Column("id", WHOLE_NUMBER, primary_key=True, autoincrement=False),
        sa.Column("sequence", WHOLE_NUMBER, nullable=False),
        sa.Column("chain_digest", Digest(), nullable=True),
        sa.CheckConstraint("id = 1", name="one_row"),
        **table_options(),
    )
    op.bulk_insert(head, [{"id": 1, "sequence": 0, "chain_digest": None}])


def create_remembered_answer() -> None:
    op.create_table(
        "remembered_answer",
        sa.Column("token_id", sa.Text(), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("request_digest", Digest(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("answer", CanonicalJson(), nullable=True),
        sa.Index("ix_remembered_answer_created_at", "created_at"),
        is_json("answer"),
        **table_options(),
    )


def draft() -> sa.ForeignKey:
    return sa.ForeignKey("draft.id", ondelete="CASCADE")


def create_beside_draft() -> None:
    op.add_column("draft", sa.Column("site", sa.Text(), nullable=True))
    op.create_table(
        "draft_author",
        sa.Column("draft_id", WHOLE_NUMBER, draft(), primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text(), primary_key=True),
        **table_options(),
    )
    op.create_table(
        "draft_review",
        sa.Column("draft_id", WHOLE_NUMBER, draft(), primary_key=True, autoincrement=False),
        sa.Column("number", WHOLE_NUMBER, primary_key=True, autoincrement=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("content_digest", Digest(), nullable=False),
        sa.CheckConstraint("verdict IN ('submitted', 'approved', 'rejected')", name="verdict"),
        **table_options(),
    )
