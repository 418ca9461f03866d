"""Tables of drafts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from policy_api.db.base import Model
from policy_api.db.types import CanonicalJson, Digest


class Draft(Model):
    """Edits on the way to a release."""

    __tablename__ = "draft"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'published', 'discarded')", name="state"),
        CheckConstraint("(state = 'published') = (release IS NOT NULL)", name="published_as"),
        {"sqlite_strict": True, "sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    """Never given twice, also after the newest draft was deleted."""

    base_release: Mapped[int | None] = mapped_column(ForeignKey("release.number"))
    """The release it edits; None for the first draft of all."""

    title: Mapped[str]
    state: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[str]

    release: Mapped[int | None] = mapped_column(
        ForeignKey("release.number", deferrable=True, initially="DEFERRED")
    )
    """What it was published as."""

    site: Mapped[str | None]
    """It may edit what belongs to this site and those derived from it; None for everything."""


class DraftEntry(Model):
    """One edited entry of a draft."""

    __tablename__ = "draft_entry"
    __table_args__ = ({"sqlite_strict": True},)

    draft_id: Mapped[int] = mapped_column(
        ForeignKey("draft.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    path: Mapped[str] = mapped_column(primary_key=True)

    body: Mapped[dict[str, Any] | None] = mapped_column(CanonicalJson)
    """The entry as it shall be; None removes it."""


class DraftAuthor(Model):
    """Somebody who edited a draft."""

    __tablename__ = "draft_author"
    __table_args__ = ({"sqlite_strict": True},)

    draft_id: Mapped[int] = mapped_column(
        ForeignKey("draft.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    name: Mapped[str] = mapped_column(primary_key=True)


class DraftReview(Model):
    """One step of a draft's review: handed in, approved or sent back."""

    __tablename__ = "draft_review"
    __table_args__ = (
        CheckConstraint("verdict IN ('submitted', 'approved', 'rejected')", name="verdict"),
        {"sqlite_strict": True},
    )

    draft_id: Mapped[int] = mapped_column(
        ForeignKey("draft.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    verdict: Mapped[str]
    name: Mapped[str]
    at: Mapped[datetime]
    comment: Mapped[str]

    content_digest: Mapped[str] = mapped_column(Digest)
    """Of the edits as they were; a verdict does not cover what was written later."""
