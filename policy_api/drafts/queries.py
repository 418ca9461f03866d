"""Questions to the drafts, one statement each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from policy_api.domain.content.source import Entry
from policy_api.drafts.models import Draft, DraftAuthor, DraftEntry, DraftReview

OPEN, PUBLISHED, DISCARDED = "open", "published", "discarded"
"""States of a draft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """A draft as other rooms see it."""

    id: int
    base_release: int | None
    """The release it edits; None if nothing was published yet."""

    title: str
    state: str
    created_at: datetime
    created_by: str

    release: int | None
    """What it was published as."""

    site: str | None = None
    """It may edit what belongs to this site and those derived from it; None for everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """One step of a draft's review."""

    verdict: str
    name: str
    at: datetime
    comment: str
    content_digest: str
    """Of the edits that it was about."""


def draft(session: Session, draft_id: int) -> DraftRow | None:
    """Return a draft in any state."""
    found = session.get(Draft, draft_id)
    return None if found is None else draft_row(found)


def drafts(
    session: Session,
    *,
    state: str = OPEN,
    before: int | None = None,
    limit: int = 50,
    sites: Collection[str] | None = None,
) -> tuple[DraftRow, ...]:
    """Return the drafts in a state, newest first.

    :param before: Only those with a smaller id.
    :param sites: Only those of one of these sites; None for all.
    """
    query = select(Draft).where(Draft.state == state).order_by(Draft.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Draft.id < before)
    if sites is not None:
        query = query.where(Draft.site.in_(sites))
    return tuple(draft_row(row) for row in session.scalars(query))


def edits(session: Session, *, draft_id: int) -> dict[str, Entry | None]:
    """Return the entries that a draft edits, by path; None for those that it removes."""
    query = (
        select(DraftEntry.path, DraftEntry.body)
        .where(DraftEntry.draft_id == draft_id)
        .order_by(DraftEntry.path)
    )
    return {row.path: row.body for row in session.execute(query)}


def authors(session: Session, *, draft_id: int) -> tuple[str, ...]:
    """Return the names of those who edited a draft, in order."""
    query = select(DraftAuthor.name).where(DraftAuthor.draft_id == draft_id)
    return tuple(session.scalars(query.order_by(DraftAuthor.name)))


def reviews(session: Session, *, draft_id: int) -> tuple[ReviewRow, ...]:
    """Return the steps of a draft's review, oldest first."""
    query = select(DraftReview).where(DraftReview.draft_id == draft_id).order_by(DraftReview.number)
    return tuple(
        ReviewRow(
            verdict=found.verdict,
            name=found.name,
            at=found.at,
            comment=found.comment,
            content_digest=found.content_digest,
        )
        for found in session.scalars(query)
    )


def draft_row(found: Draft) -> DraftRow:
    """Return the row of a draft as other rooms see it."""
    return DraftRow(
        id=found.id,
        base_release=found.base_release,
        title=found.title,
        state=found.state,
        created_at=found.created_at,
        created_by=found.created_by,
        release=found.release,
        site=found.site,
    )
