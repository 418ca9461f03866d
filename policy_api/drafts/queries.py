"""Questions to the drafts, one statement each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from policy_api.domain.content.source import Entry
from policy_api.drafts.models import Draft, DraftEntry

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


def draft(session: Session, draft_id: int) -> DraftRow | None:
    """Return a draft in any state."""
    found = session.get(Draft, draft_id)
    return None if found is None else draft_row(found)


def open_drafts(
    session: Session, *, before: int | None = None, limit: int = 50
) -> tuple[DraftRow, ...]:
    """Return the drafts that can still be edited, newest first.

    :param before: Only those with a smaller id.
    """
    query = select(Draft).where(Draft.state == OPEN).order_by(Draft.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Draft.id < before)
    return tuple(draft_row(row) for row in session.scalars(query))


def edits(session: Session, *, draft_id: int) -> dict[str, Entry | None]:
    """Return the entries that a draft edits, by path; None for those that it removes."""
    query = (
        select(DraftEntry.path, DraftEntry.body)
        .where(DraftEntry.draft_id == draft_id)
        .order_by(DraftEntry.path)
    )
    return {row.path: row.body for row in session.execute(query)}


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
    )
