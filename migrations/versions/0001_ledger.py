"""Tables of the ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from policy_api.db.base import WHOLE_NUMBER
from policy_api.db.ddl import is_json, make_append_only, table_options
from policy_api.db.types import CanonicalJson, Digest, UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KIND = "kind IN ('change', 'correction', 'withdrawal')"
SIGNIFICANCE = "significance IN ('technical', 'editorial', 'non_material', 'material')"
ANNOUNCED_FIRST = "published_at <= effective_at"
APPEND_ONLY = (
    "source_object",
    "public_key",
    "release",
    "version",
    "edition",
    "withdrawal",
    "directory",
    "unit_change",
)


def upgrade() -> None:
    """Create the tables, and triggers that keep their rows as they are."""
    create_sources()
    create_release()
    create_version()
    create_editions()
    create_beside()
    lock = op.create_table(
        "ledger_lock",
        sa.Column("id", WHOLE_NUMBER, primary_key=True, autoincrement=False),
        sa.CheckConstraint("id = 1", name="one_row"),
        **table_options(),
    )
    op.bulk_insert(lock, [{"id": 1}])
    make_append_only(*APPEND_ONLY)


def create_sources() -> None:
    op.create_table(
        "source_object",
        sa.Column("digest", Digest(), primary_key=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        **table_options(),
    )
    op.create_table(
        "public_key",
        sa.Column("key_id", sa.Text(), primary_key=True),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        **table_options(),
    )


def create_release() -> None:
    op.create_table(
        "release",
        sa.Column("number", WHOLE_NUMBER, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("significance", sa.Text(), nullable=False),
        sa.Column("title", CanonicalJson(), nullable=False),
        sa.Column("summary", CanonicalJson(), nullable=False),
        sa.Column("published_at", UTCDateTime(), nullable=False),
        sa.Column("effective_at", UTCDateTime(), nullable=False),
        sa.Column(
            "source_digest", Digest(), sa.ForeignKey("source_object.digest"), nullable=False
        ),
        sa.Column("states", CanonicalJson(), nullable=False),
        sa.Column("waivers", CanonicalJson(), nullable=False),
        sa.Column("withdraws", WHOLE_NUMBER, sa.ForeignKey("release.number"), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=False),
        sa.Column("manifest_digest", Digest(), nullable=False),
        sa.Column("chain_head", Digest(), nullable=False, unique=True),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), sa.ForeignKey("public_key.key_id"), nullable=False),
        sa.CheckConstraint("number >= 1", name="number_from_one"),
        sa.CheckConstraint(KIND, name="kind"),
        sa.CheckConstraint(SIGNIFICANCE, name="significance"),
        sa.CheckConstraint(ANNOUNCED_FIRST, name="announced_before_effective"),
        sa.CheckConstraint("withdraws < number", name="withdraws_an_earlier_one"),
        sa.CheckConstraint(
            "(kind = 'withdrawal') = (withdraws IS NOT NULL)", name="withdrawal_names_release"
        ),
        *map(is_json, ("title", "summary", "states", "waivers")),
        **table_options(),
    )


def create_version() -> None:
    op.create_table(
        "version",
        sa.Column("id", WHOLE_NUMBER, primary_key=True),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("number", WHOLE_NUMBER, nullable=False),
        sa.Column("material_number", WHOLE_NUMBER, nullable=False),
        sa.Column("release", WHOLE_NUMBER, of_release(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("significance", sa.Text(), nullable=False),
        sa.Column("title", CanonicalJson(), nullable=False),
        sa.Column("summary", CanonicalJson(), nullable=False),
        sa.Column("published_at", UTCDateTime(), nullable=False),
        sa.Column("effective_at", UTCDateTime(), nullable=False),
        sa.Column("previous", WHOLE_NUMBER, nullable=True),
        sa.Column("origin_release", WHOLE_NUMBER, of_release(), nullable=False),
        sa.Column("changes", CanonicalJson(), nullable=False),
        sa.UniqueConstraint("site", "policy", "number"),
        sa.CheckConstraint("number >= 1", name="number_from_one"),
        sa.CheckConstraint("material_number BETWEEN 0 AND number", name="material_number"),
        sa.CheckConstraint("previous BETWEEN 1 AND number - 1", name="previous_is_earlier"),
        sa.CheckConstraint(ANNOUNCED_FIRST, name="announced_before_effective"),
        sa.CheckConstraint(KIND, name="kind"),
        sa.CheckConstraint(SIGNIFICANCE, name="significance"),
        *map(is_json, ("title", "summary", "changes")),
        **table_options(),
    )
    in_force = ["site", "policy", "effective_at", "number"]
    op.create_index(op.f("ix_version_site_policy_effective_at_number"), "version", in_force)
    op.create_index(op.f("ix_version_release"), "version", ["release"])


def create_editions() -> None:
    op.create_table(
        "edition",
        version_id(),
        sa.Column("locale", sa.Text(), primary_key=True),
        sa.Column("digest", Digest(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("body_digest", Digest(), nullable=False),
        **table_options(),
    )
    op.create_table(
        "withdrawal",
        version_id(),
        sa.Column("release", WHOLE_NUMBER, of_release(), nullable=False),
        **table_options(),
    )
    op.create_index(op.f("ix_withdrawal_release"), "withdrawal", ["release"])


def create_beside() -> None:
    op.create_table(
        "directory",
        release_key(),
        sa.Column("effective_at", UTCDateTime(), primary_key=True),
        sa.Column("body", CanonicalJson(), nullable=False),
        is_json("body"),
        **table_options(),
    )
    op.create_table(
        "unit_change",
        release_key(),
        sa.Column("policy", sa.Text(), primary_key=True),
        sa.Column("unit", sa.Text(), primary_key=True),
        sa.Column("from_hash", Digest(), primary_key=True),
        sa.Column("to_hash", Digest(), nullable=False),
        sa.Column("significance", sa.Text(), nullable=False),
        sa.CheckConstraint(SIGNIFICANCE, name="significance"),
        **table_options(),
    )
    op.create_index(op.f("ix_unit_change_policy_release"), "unit_change", ["policy", "release"])


def of_release() -> sa.ForeignKey:
    """Refer to a release that is written last."""
    return sa.ForeignKey("release.number", deferrable=True, initially="DEFERRED")


def release_key() -> sa.Column[int]:
    return sa.Column(
        "release", WHOLE_NUMBER, of_release(), primary_key=True, autoincrement=False
    )


def version_id() -> sa.Column[int]:
    return sa.Column(
        "version_id",
        WHOLE_NUMBER,
        sa.ForeignKey("version.id"),
        primary_key=True,
        autoincrement=False,
    )
