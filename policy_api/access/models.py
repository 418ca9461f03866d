"""Tables of access."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from policy_api.db.base import Model
from policy_api.db.types import CanonicalJson, Digest

STRICT = {"sqlite_strict": True}


class Token(Model):
    """A credential of one holder. What it opens is known from its digest only."""

    __tablename__ = "token"
    __table_args__ = (
        CheckConstraint("created_at < expires_at", name="expires_later"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revoked_by"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    """Public part of the token, by which it is found."""

    secret_digest: Mapped[str] = mapped_column(Digest)
    """SHA-256 of the secret; with 256 random bits nobody can guess what it was made from."""

    holder: Mapped[str]
    """Person or program that it stands for; the name that the record will show."""

    scopes: Mapped[list[str]] = mapped_column(CanonicalJson)
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    expires_at: Mapped[datetime]

    last_used_at: Mapped[datetime | None]
    """To the minute or so: not every request is written down."""

    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]


class AuditEntry(Model):
    """Something that was done. A trigger refuses to change or delete it."""

    __tablename__ = "audit_entry"
    __table_args__ = (CheckConstraint("sequence >= 1", name="sequence_from_one"), STRICT)

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Counts 1, 2, 3 without gaps."""

    at: Mapped[datetime]
    actor: Mapped[str]

    token_id: Mapped[str | None]
    """None for what was done on the command line."""

    action: Mapped[str]
    object: Mapped[str]
    """What it was done to: ``drafts/7/entries/sites/forum``."""

    site: Mapped[str | None]
    """The site whose subtree it concerns; None for all sites."""

    before_digest: Mapped[str | None] = mapped_column(Digest)
    after_digest: Mapped[str | None] = mapped_column(Digest)
    request_id: Mapped[str]

    chain_digest: Mapped[str] = mapped_column(Digest)
    """Covers this entry and all before it."""


class AuditHead(Model):
    """One row that says where the log ends, and that a writer holds while it adds to it."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int]
    chain_digest: Mapped[str | None] = mapped_column(Digest)


class RememberedAnswer(Model):
    """The answer to a request that carried an idempotency key."""

    __tablename__ = "remembered_answer"
    __table_args__ = (Index(None, "created_at"), STRICT)

    token_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)

    request_digest: Mapped[str] = mapped_column(Digest)
    """Tells a repetition from another request under the same key."""

    created_at: Mapped[datetime]

    answer: Mapped[dict[str, Any] | None] = mapped_column(CanonicalJson)
    """Status, headers and body; None only while the first request is at work."""
