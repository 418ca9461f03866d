"""Tables of the event log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from policy_api.db.base import Model
from policy_api.db.types import CanonicalJson

STRICT = {"sqlite_strict": True}
WAITING = text("fired_sequence IS NULL AND cancelled_at IS NULL")


class Event(Model):
    """A fact that subscribers are told, written in the transaction of its cause."""

    __tablename__ = "event"
    __table_args__ = (CheckConstraint("sequence >= 1", name="sequence_from_one"), STRICT)

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Counts 1, 2, 3 in the order of commits, without gaps."""

    id: Mapped[str] = mapped_column(unique=True)
    """The ``webhook-id`` of every delivery of it."""

    type: Mapped[str]

    occurred_at: Mapped[datetime]
    """When it happened; ``timestamp`` in the body."""

    recorded_at: Mapped[datetime]
    """When it was written down; later than it happened, for what only the clock brings about."""

    release: Mapped[int | None] = mapped_column(
        ForeignKey("release.number", deferrable=True, initially="DEFERRED")
    )
    policy: Mapped[str | None]

    sites: Mapped[list[str]] = mapped_column(CanonicalJson)
    """Keys of all sites affected, also where the body had room for some of them only."""

    significance: Mapped[str | None]
    change_types: Mapped[list[str]] = mapped_column(CanonicalJson)

    body: Mapped[bytes]
    """The exact bytes that are signed and sent."""


class EventCounter(Model):
    """The last sequence given. A transaction that takes the next one holds the row."""

    __tablename__ = "event_counter"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int]


class ScheduledEvent(Model):
    """An event that the clock will bring about, written by the release that announced it."""

    __tablename__ = "scheduled_event"
    __table_args__ = (
        UniqueConstraint("release", "policy", "due_at"),
        CheckConstraint(
            "fired_sequence IS NULL OR cancelled_at IS NULL", name="fired_or_cancelled"
        ),
        Index(
            "ix_scheduled_event_due_at", "due_at", sqlite_where=WAITING, postgresql_where=WAITING
        ),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str]
    due_at: Mapped[datetime]
    release: Mapped[int] = mapped_column(
        ForeignKey("release.number", deferrable=True, initially="DEFERRED")
    )
    policy: Mapped[str]

    record: Mapped[dict[str, Any]] = mapped_column(CanonicalJson)
    """``data`` of the body without its sites, and the sites one by one."""

    fired_sequence: Mapped[int | None] = mapped_column(ForeignKey("event.sequence"))
    """The event it became."""

    cancelled_at: Mapped[datetime | None]
    """When nothing was left of it: withdrawn, or replaced before it took effect."""
