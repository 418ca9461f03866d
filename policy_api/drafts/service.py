"""Open drafts, edit them, and read the source that they would make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from policy_api.domain.content.source import Entry, Source
from policy_api.domain.entries.base import load_entry
from policy_api.drafts import queries
from policy_api.drafts.models import Draft, DraftAuthor, DraftEntry, DraftReview
from policy_api.drafts.queries import DISCARDED, OPEN, PUBLISHED, DraftRow, ReviewRow, draft_row
from policy_api.drafts.stamping import stamp
from policy_api.errors import Conflict, NotFound
from policy_api.ledger import queries as ledger

ID_DIGITS = 18
"""More cannot be the number of a draft, and would not fit a column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedDraft:
    """What came of sending a whole source."""

    draft: int
    base_release: int | None
    edits: tuple[str, ...]
    """Paths of the entries that differ from the base."""

    stamped: int
    """Translations and overrides that did not say what they were made from."""


def open_draft(
    session: Session,
    *,
    title: str,
    by: str,
    now: datetime,
    base_release: int | None,
    site: str | None = None,
) -> DraftRow:
    """Open a draft on a release, or on nothing where nothing is published.

    :param site: It may edit what belongs to this site and those derived from it; None for all.
    :raises NotFound: If there is no such release.
    """
    if base_release is not None and ledger.release(session, base_release) is None:
        raise NotFound(f"There is no release {base_release}.")
    found = Draft(
        base_release=base_release,
        title=title,
        state=OPEN,
        created_at=now,
        created_by=by,
        release=None,
        site=site,
    )
    session.add(found)
    session.flush()
    return draft_row(found)


def open_draft_by_id(session: Session, draft_id: str) -> DraftRow:
    """Return a draft that can be edited or published.

    :raises NotFound: If there is none of that name.
    :raises Conflict: If it is published or discarded.
    """
    return draft_row(_open(session, draft_id))


def put_entry(session: Session, *, draft_id: str, path: str, entry: Mapping[str, Any]) -> Entry:
    """Write an entry of a draft and return its stored form.

    Translations and overrides that do not say what they were made from were made from what the
    draft says now.

    :raises BadInput: With every problem of the entry.
    :raises NotFound: If there is no such draft.
    :raises Conflict: If it is published or discarded.
    """
    draft = _open(session, draft_id)
    loaded = load_entry(path, dict(entry))
    base = base_of(session, draft.base_release)
    before = base.replace(queries.edits(session, draft_id=draft.id))
    stamped, _ = stamp(before.replace({path: loaded}), before)
    _write(session, draft.id, {path: stamped.entries[path]}, base=base)
    return stamped.entries[path]


def remove_entry(session: Session, *, draft_id: str, path: str) -> None:
    """Take an entry out of what a draft will publish.

    :raises NotFound: If there is no such draft, or no such entry in it.
    :raises Conflict: If the draft is published or discarded.
    """
    draft = _open(session, draft_id)
    base = base_of(session, draft.base_release)
    if path not in base.replace(queries.edits(session, draft_id=draft.id)):
        raise NotFound(f"There is no entry {path} in the draft.")
    _write(session, draft.id, {path: None}, base=base)


def source_of(session: Session, draft: DraftRow) -> Source:
    """Return the whole source as a draft would publish it."""
    base = base_of(session, draft.base_release)
    return base.replace(queries.edits(session, draft_id=draft.id))


def import_source(
    session: Session,
    *,
    source: Source,
    title: str,
    by: str,
    now: datetime,
    base: int | None = None,
) -> ImportedDraft:
    """Open a draft on a release that turns it into a given source.

    :param base: Number of the release; None for the newest.
    :raises NotFound: If there is no such release.
    """
    number = ledger.head_number(session) or None if base is None else base
    draft = open_draft(session, title=title, by=by, now=now, base_release=number)
    return replace_source(session, draft, source=source, by=by)


def replace_source(session: Session, draft: DraftRow, *, source: Source, by: str) -> ImportedDraft:
    """Make a draft turn its base into a given source, whatever it said before."""
    base = base_of(session, draft.base_release)
    stamped, count = stamp(source, base)
    edits = difference(base, stamped)
    for path in queries.edits(session, draft_id=draft.id):
        if path not in edits:
            session.delete(session.get_one(DraftEntry, (draft.id, path)))
    _write(session, draft.id, edits, base=base)
    note_author(session, draft_id=draft.id, name=by)
    return ImportedDraft(
        draft=draft.id, base_release=draft.base_release, edits=tuple(edits), stamped=count
    )


def difference(base: Source, source: Source) -> dict[str, Entry | None]:
    """Return the edits that turn one source into another, by path."""
    old, new = base.digests, source.digests
    return {
        path: source.get(path)
        for path in sorted(old.keys() | new.keys())
        if old.get(path) != new.get(path)
    }


def mark_published(session: Session, draft_id: str, *, release: int) -> None:
    """Close a draft that became a release, in the transaction that made the release.

    :raises NotFound: If there is no such draft.
    :raises Conflict: If it is published or discarded already.
    """
    draft = _open(session, draft_id)
    draft.state = PUBLISHED
    draft.release = release
    session.flush()


def move(session: Session, draft_id: str, *, onto: int, edits: Mapping[str, Entry | None]) -> None:
    """Put a draft on another release, with the edits that it has there.

    :raises NotFound: If there is no such draft, or no such release.
    :raises Conflict: If the draft is published or discarded.
    """
    draft = _open(session, draft_id)
    base = base_of(session, onto)
    for path in queries.edits(session, draft_id=draft.id):
        if path not in edits:
            session.delete(session.get_one(DraftEntry, (draft.id, path)))
    draft.base_release = onto
    _write(session, draft.id, edits, base=base)


def note_author(session: Session, *, draft_id: int, name: str) -> None:
    """Remember that somebody edited a draft."""
    session.merge(DraftAuthor(draft_id=draft_id, name=name))
    session.flush()


def add_review(session: Session, *, draft_id: int, review: ReviewRow) -> None:
    """Add a step to a draft's review."""
    number = len(queries.reviews(session, draft_id=draft_id)) + 1
    found = DraftReview(
        draft_id=draft_id,
        number=number,
        verdict=review.verdict,
        name=review.name,
        at=review.at,
        comment=review.comment,
        content_digest=review.content_digest,
    )
    session.add(found)
    session.flush()


def discard(session: Session, *, draft_id: str) -> None:
    """Close a draft without publishing it; its edits are kept for the record.

    :raises NotFound: If there is no such draft.
    :raises Conflict: If it is published or discarded already.
    """
    _open(session, draft_id).state = DISCARDED
    session.flush()


def no_draft(draft_id: str | int) -> str:
    """Return what is said of a draft that is not there, or not there for whoever asks."""
    return f"There is no draft {draft_id}."


def _open(session: Session, draft_id: str) -> Draft:
    """Return a draft for editing; others who want to edit it wait for the transaction."""
    known = draft_id.isascii() and draft_id.isdecimal() and len(draft_id) <= ID_DIGITS
    found = session.get(Draft, int(draft_id), with_for_update=True) if known else None
    if found is None:
        raise NotFound(no_draft(draft_id))
    if found.state != OPEN:
        raise Conflict(f"Draft {draft_id} is {found.state}.", state=found.state)
    return found


def _write(
    session: Session, draft_id: int, edits: Mapping[str, Entry | None], *, base: Source
) -> None:
    """Store edits; one that leads back to the base is none."""
    for path, entry in edits.items():
        if entry == base.get(path):
            known = session.get(DraftEntry, (draft_id, path))
            if known is not None:
                session.delete(known)
        else:
            session.merge(DraftEntry(draft_id=draft_id, path=path, body=entry))
    session.flush()


def base_of(session: Session, number: int | None) -> Source:
    """Return the source of a release, or an empty one before the first.

    :raises NotFound: If there is no such release.
    """
    if number is None:
        return Source.from_entries({})
    found = ledger.release(session, number)
    if found is None:
        raise NotFound(f"There is no release {number}.")
    return ledger.load_source(session, found.source_digest)
