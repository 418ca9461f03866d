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
from policy_api.drafts.models import Draft, DraftEntry
from policy_api.drafts.queries import DISCARDED, OPEN, PUBLISHED, DraftRow, draft_row
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
    session: Session, *, title: str, by: str, now: datetime, base_release: int | None
) -> DraftRow:
    """Open a draft on a release, or on nothing where nothing is published.

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

    :raises BadInput: With every problem of the entry.
    :raises NotFound: If there is no such draft.
    :raises Conflict: If it is published or discarded.
    """
    draft = _open(session, draft_id)
    loaded = load_entry(path, dict(entry))
    _put(session, draft, path, loaded)
    return loaded


def remove_entry(session: Session, *, draft_id: str, path: str) -> None:
    """Take an entry out of what a draft will publish.

    :raises NotFound: If there is no such draft, or no such entry in it.
    :raises Conflict: If the draft is published or discarded.
    """
    draft = _open(session, draft_id)
    edits = queries.edits(session, draft_id=draft.id)
    is_in_base = path in _base_source(session, draft.base_release)
    if edits.get(path) is None and (path in edits or not is_in_base):
        raise NotFound(f"There is no entry {path} in the draft.")
    if is_in_base:
        _put(session, draft, path, None)
        return
    session.delete(session.get_one(DraftEntry, (draft.id, path)))
    session.flush()


def source_of(session: Session, draft: DraftRow) -> Source:
    """Return the whole source as a draft would publish it."""
    base = _base_source(session, draft.base_release)
    return base.replace(queries.edits(session, draft_id=draft.id))


def import_source(
    session: Session, *, source: Source, title: str, by: str, now: datetime
) -> ImportedDraft:
    """Open a draft on the newest release that turns it into a given source."""
    newest = ledger.head_number(session) or None
    base = _base_source(session, newest)
    stamped, count = stamp(source, base)
    draft = open_draft(session, title=title, by=by, now=now, base_release=newest)
    edits = difference(base, stamped)
    session.add_all(
        DraftEntry(draft_id=draft.id, path=path, body=entry) for path, entry in edits.items()
    )
    session.flush()
    return ImportedDraft(draft=draft.id, base_release=newest, edits=tuple(edits), stamped=count)


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


def discard(session: Session, *, draft_id: str) -> None:
    """Close a draft without publishing it; its edits are kept for the record.

    :raises NotFound: If there is no such draft.
    :raises Conflict: If it is published or discarded already.
    """
    _open(session, draft_id).state = DISCARDED
    session.flush()


def _open(session: Session, draft_id: str) -> Draft:
    """Return a draft for editing; others who want to edit it wait for the transaction."""
    known = draft_id.isascii() and draft_id.isdecimal() and len(draft_id) <= ID_DIGITS
    found = session.get(Draft, int(draft_id), with_for_update=True) if known else None
    if found is None:
        raise NotFound(f"There is no draft {draft_id}.")
    if found.state != OPEN:
        raise Conflict(f"Draft {draft_id} is {found.state}.", state=found.state)
    return found


def _put(session: Session, draft: Draft, path: str, body: Entry | None) -> None:
    session.merge(DraftEntry(draft_id=draft.id, path=path, body=body))
    session.flush()


def _base_source(session: Session, number: int | None) -> Source:
    """Return the source that a draft edits."""
    if number is None:
        return Source.from_entries({})
    found = ledger.release(session, number)
    if found is None:
        raise NotFound(f"There is no release {number}.")
    return ledger.load_source(session, found.source_digest)
