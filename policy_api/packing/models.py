"""Tables of packing. All of it can be made again from the ledger."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from policy_api.db.base import Model

STRICT = {"sqlite_strict": True}


class PackedBody(Model):
    """A body in one coding, at full strength."""

    __tablename__ = "packed_body"
    __table_args__ = (STRICT,)

    digest: Mapped[str] = mapped_column(primary_key=True)
    """What the tag of the plain body says; the same digest means the same bytes."""

    coding: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[bytes]


class PackingState(Model):
    """One row: what was packed last, and who is at it."""

    __tablename__ = "packing"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)

    number: Mapped[int]
    """Counts the runs that changed something, so that kept answers notice."""

    state: Mapped[str]
    """What decided the bodies of the last run."""

    taken_until: Mapped[datetime]
    """Until when a run that was begun counts as alive."""
