"""Tables of notification, and events that only the clock brings about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from policy_api.db.base import WHOLE_NUMBER
from policy_api.db.ddl import is_json, table_options
from policy_api.db.types import CanonicalJson, UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ENDPOINT_STATE = (
    "state IN ('pending_verification', 'active', 'suspect', 'disabled', 'gone', 'deleted')"
)
DELIVERY_STATE = "state IN ('pending', 'delivered', 'parked', 'skipped')"
REASON = "reason IN ('exhausted', 'filter', 'unsubscribed')"
VERDICT = "verdict IN ('delivered', 'retry', 'busy', 'gone')"
SIGNIFICANCE = "min_significance IN ('technical', 'editorial', 'non_material', 'material')"
PENDING = "state = 'pending'"

RING = """
CREATE OR REPLACE FUNCTION ring_workers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('policy_api_work', '');
    RETURN NULL;
END
$$
"""


def upgrade() -> None:
    """Create the tables; on PostgreSQL also the bell that wakes the workers."""
    create_scheduled_event()
    create_endpoint()
    create_beside_endpoint()
    create_delivery()
    create_fanout_cursor()
    create_mail()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(RING)
        op.execute(
            "CREATE TRIGGER event_ring AFTER INSERT ON event "
            "FOR EACH STATEMENT EXECUTE FUNCTION ring_workers()"
        )


def create_scheduled_event() -> None:
    op.create_table(
        "scheduled_event",
        sa.Column("id", WHOLE_NUMBER, primary_key=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column(
            "release",
            WHOLE_NUMBER,
            sa.ForeignKey("release.number", deferrable=True, initially="DEFERRED"),
            nullable=False,
        ),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("record", CanonicalJson(), nullable=False),
        sa.Column("fired_sequence", WHOLE_NUMBER, sa.ForeignKey("event.sequence"), nullable=True),
        sa.Column("cancelled_at", UTCDateTime(), nullable=True),
        sa.UniqueConstraint("release", "policy", "due_at"),
        sa.CheckConstraint(
            "fired_sequence IS NULL OR cancelled_at IS NULL", name="fired_or_cancelled"
        ),
        is_json("record"),
        **table_options(),
    )
    waiting = sa.text("fired_sequence IS NULL AND cancelled_at IS NULL")
    op.create_index(
        op.f("ix_scheduled_event_due_at"),
        "scheduled_event",
        ["due_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def create_endpoint() -> None:
    op.create_table(
        "endpoint",
        sa.Column("id", WHOLE_NUMBER, primary_key=True),
        sa.Column("name", sa.Text(), nullable=False, unique=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("target", CanonicalJson(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("types", CanonicalJson(), nullable=True),
        sa.Column("sites", CanonicalJson(), nullable=True),
        sa.Column("policies", CanonicalJson(), nullable=True),
        sa.Column("change_types", CanonicalJson(), nullable=True),
        sa.Column("min_significance", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("verified_at", UTCDateTime(), nullable=True),
        sa.Column("stopped_at", UTCDateTime(), nullable=True),
        sa.Column("after_sequence", WHOLE_NUMBER, nullable=True),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("held_until", UTCDateTime(), nullable=True),
        sa.Column("failures", WHOLE_NUMBER, nullable=False),
        sa.Column("failing_since", UTCDateTime(), nullable=True),
        sa.Column("lease_token", WHOLE_NUMBER, nullable=False),
        sa.Column("leased_until", UTCDateTime(), nullable=True),
        sa.CheckConstraint(ENDPOINT_STATE, name="state"),
        sa.CheckConstraint(SIGNIFICANCE, name="min_significance"),
        sa.CheckConstraint("failures >= 0", name="failures_from_zero"),
        *map(is_json, ("target", "types", "sites", "policies", "change_types")),
        sqlite_autoincrement=True,
        **table_options(),
    )
    for column in ("due_at", "leased_until"):
        known = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            op.f(f"ix_endpoint_{column}"),
            "endpoint",
            [column],
            sqlite_where=known,
            postgresql_where=known,
        )


def create_beside_endpoint() -> None:
    op.create_table(
        "endpoint_secret",
        of_endpoint(),
        sa.Column("number", WHOLE_NUMBER, primary_key=True, autoincrement=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("scheme IN ('v1', 'v1a')", name="scheme"),
        sqlite_with_rowid=False,
        **table_options(),
    )
    op.create_table(
        "ping",
        of_endpoint(),
        sa.Column("number", WHOLE_NUMBER, primary_key=True, autoincrement=False),
        sa.Column("id", sa.Text(), nullable=False, unique=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("type IN ('endpoint.verify', 'endpoint.test')", name="type"),
        sqlite_with_rowid=False,
        **table_options(),
    )


def create_delivery() -> None:
    op.create_table(
        "delivery",
        # No foreign key: rows are made from the endpoints' own, which are never deleted, and the
        # check would take two fifths of the time of the insert.
        sa.Column("endpoint_id", WHOLE_NUMBER, primary_key=True, autoincrement=False),
        sa.Column("sequence", WHOLE_NUMBER, primary_key=True, autoincrement=False),
        sa.Column("generation", WHOLE_NUMBER, primary_key=True, autoincrement=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("attempts", WHOLE_NUMBER, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("delivered_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(DELIVERY_STATE, name="state"),
        sa.CheckConstraint(REASON, name="reason"),
        sa.CheckConstraint("generation >= 1", name="generation_from_one"),
        sqlite_with_rowid=False,
        **table_options(),
    )
    op.create_index(
        op.f("ix_delivery_pending"),
        "delivery",
        ["endpoint_id", "sequence", "generation"],
        sqlite_where=sa.text(PENDING),
        postgresql_where=sa.text(PENDING),
    )
    op.create_table(
        "attempt",
        sa.Column("endpoint_id", WHOLE_NUMBER, primary_key=True, autoincrement=False),
        sa.Column("sequence", WHOLE_NUMBER, primary_key=True, autoincrement=False),
        sa.Column("generation", WHOLE_NUMBER, primary_key=True, autoincrement=False),
        sa.Column("lease_token", WHOLE_NUMBER, primary_key=True, autoincrement=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("milliseconds", WHOLE_NUMBER, nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("status", WHOLE_NUMBER, nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint(VERDICT, name="verdict"),
        sqlite_with_rowid=False,
        **table_options(),
    )


def create_fanout_cursor() -> None:
    cursor = op.create_table(
        "fanout_cursor",
        sa.Column("id", WHOLE_NUMBER, primary_key=True, autoincrement=False),
        sa.Column("sequence", WHOLE_NUMBER, nullable=False),
        sa.Column("endpoint_id", WHOLE_NUMBER, nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
        **table_options(),
    )
    # Nobody has subscribed yet, so what was said before concerns no one.
    last = op.get_bind().scalar(sa.text("SELECT coalesce(max(sequence), 0) FROM event"))
    op.bulk_insert(cursor, [{"id": 1, "sequence": last, "endpoint_id": 0}])


def create_mail() -> None:
    op.create_table(
        "mail_subscription",
        sa.Column("id", WHOLE_NUMBER, primary_key=True),
        sa.Column(
            "endpoint_id", WHOLE_NUMBER, sa.ForeignKey("endpoint.id"), nullable=True, unique=True
        ),
        sa.Column("sealed_address", sa.LargeBinary(), nullable=True),
        sa.Column("address_digest", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("min_significance", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("token_digest", sa.Text(), nullable=False, unique=True),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("confirmed_at", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("erased_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("digest IN ('immediate', 'daily', 'weekly')", name="digest"),
        sa.CheckConstraint(SIGNIFICANCE, name="min_significance"),
        sa.CheckConstraint("erased_at IS NULL OR sealed_address IS NULL", name="erased_is_erased"),
        sqlite_autoincrement=True,
        **table_options(),
    )
    op.create_index(
        op.f("ix_mail_subscription_address_digest"), "mail_subscription", ["address_digest"]
    )
    op.create_table(
        "mail_confirmation",
        sa.Column("id", WHOLE_NUMBER, primary_key=True),
        sa.Column("address_digest", sa.Text(), nullable=False),
        sa.Column("client_digest", sa.Text(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        **table_options(),
    )
    for column in ("address_digest", "client_digest"):
        op.create_index(
            op.f(f"ix_mail_confirmation_{column}_asked_at"),
            "mail_confirmation",
            [column, "asked_at"],
        )
    op.create_table(
        "suppression",
        sa.Column("address_digest", sa.Text(), primary_key=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.CheckConstraint("reason IN ('bounced', 'complained', 'unwanted')", name="reason"),
        **table_options(),
    )


def of_endpoint() -> sa.Column[int]:
    return sa.Column(
        "endpoint_id",
        WHOLE_NUMBER,
        sa.ForeignKey("endpoint.id"),
        primary_key=True,
        autoincrement=False,
    )
