"""Drafts: edits on a release, until they become one."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from policy_api.db.tx import writing
from policy_api.drafts import queries, service
from policy_api.drafts.queries import DraftRow
from policy_api.errors import BadInput, Conflict, NotFound
from tests.domain.sources import edited, source

TITLE = "policies/privacy"
CONTACT = {"role": "privacy", "email": "privacy@example.org"}


@pytest.fixture
def draft(session: Session, release: int, now: datetime) -> DraftRow:
    """Open a draft on the release."""
    with writing(session):
        return service.open_draft(
            session, title="Spring cleaning", by="ada", now=now, base_release=release
        )


def test_a_new_draft_is_the_release_it_edits(session: Session, draft: DraftRow) -> None:
    assert service.source_of(session, draft) == source()
    assert draft.state == "open"
    assert (draft.title, draft.created_by) == ("Spring cleaning", "ada")


def test_a_draft_on_a_release_that_nobody_made_is_refused(session: Session, now: datetime) -> None:
    with pytest.raises(NotFound, match="no release 7"), writing(session):
        service.open_draft(session, title="x", by="ada", now=now, base_release=7)


def test_an_entry_that_was_put_is_in_the_source(session: Session, draft: DraftRow) -> None:
    with writing(session):
        service.put_entry(session, draft_id=str(draft.id), path="contacts/new", entry=CONTACT)

    assert service.source_of(session, draft).entries["contacts/new"] == CONTACT
    assert queries.edits(session, draft_id=draft.id) == {"contacts/new": CONTACT}


def test_an_entry_can_be_put_again(session: Session, draft: DraftRow) -> None:
    better = {**CONTACT, "phone": "+49 40 66969"}

    for entry in (CONTACT, better):
        with writing(session):
            service.put_entry(session, draft_id=str(draft.id), path="contacts/new", entry=entry)

    assert service.source_of(session, draft).entries["contacts/new"] == better


def test_an_entry_is_checked_before_it_is_kept(session: Session, draft: DraftRow) -> None:
    with pytest.raises(BadInput), writing(session):
        service.put_entry(
            session, draft_id=str(draft.id), path="contacts/new", entry={"role": "king"}
        )

    assert queries.edits(session, draft_id=draft.id) == {}


def test_an_entry_of_the_release_can_be_taken_out(session: Session, draft: DraftRow) -> None:
    with writing(session):
        service.remove_entry(session, draft_id=str(draft.id), path="contacts/dpo")

    assert "contacts/dpo" not in service.source_of(session, draft)
    assert queries.edits(session, draft_id=draft.id) == {"contacts/dpo": None}


def test_taking_out_a_new_entry_leaves_no_edit(session: Session, draft: DraftRow) -> None:
    with writing(session):
        service.put_entry(session, draft_id=str(draft.id), path="contacts/new", entry=CONTACT)

    with writing(session):
        service.remove_entry(session, draft_id=str(draft.id), path="contacts/new")

    assert queries.edits(session, draft_id=draft.id) == {}


def test_what_is_not_there_cannot_be_taken_out(session: Session, draft: DraftRow) -> None:
    with writing(session):
        service.remove_entry(session, draft_id=str(draft.id), path="contacts/dpo")

    for path in ("contacts/nobody", "contacts/dpo"):
        with pytest.raises(NotFound), writing(session):
            service.remove_entry(session, draft_id=str(draft.id), path=path)


@pytest.mark.parametrize("name", ["99", "spring", "", "-1", "1" * 30, "١"])
def test_a_draft_that_nobody_opened_is_not_found(
    session: Session, draft: DraftRow, name: str
) -> None:
    with pytest.raises(NotFound), writing(session):
        service.open_draft_by_id(session, name)


def test_a_published_draft_is_closed(session: Session, draft: DraftRow, release: int) -> None:
    with writing(session):
        service.mark_published(session, str(draft.id), release=release)

    found = queries.draft(session, draft.id)
    assert found is not None
    assert (found.state, found.release) == ("published", release)
    with pytest.raises(Conflict, match="is published"), writing(session):
        service.put_entry(session, draft_id=str(draft.id), path="contacts/new", entry=CONTACT)


def test_a_discarded_draft_is_closed(session: Session, draft: DraftRow) -> None:
    with writing(session):
        service.discard(session, draft_id=str(draft.id))

    assert queries.drafts(session) == ()
    with pytest.raises(Conflict, match="is discarded"), writing(session):
        service.discard(session, draft_id=str(draft.id))


def test_open_drafts_are_listed_newest_first(
    session: Session, draft: DraftRow, release: int, now: datetime
) -> None:
    with writing(session):
        newer = service.open_draft(session, title="Autumn", by="bob", now=now, base_release=release)

    assert queries.drafts(session) == (newer, draft)
    assert queries.drafts(session, before=newer.id) == (draft,)
    assert queries.drafts(session, limit=1) == (newer,)
    assert queries.draft(session, 99) is None


def test_two_drafts_do_not_see_each_other(
    session: Session, draft: DraftRow, release: int, now: datetime
) -> None:
    with writing(session):
        other = service.open_draft(session, title="x", by="bob", now=now, base_release=release)
        service.put_entry(session, draft_id=str(other.id), path="contacts/new", entry=CONTACT)

    assert service.source_of(session, draft) == source()


def test_a_source_is_imported_as_its_difference_to_the_newest_release(
    session: Session, release: int, now: datetime
) -> None:
    wanted = source({**edited(TITLE, title="Privacy notice"), "contacts/new": CONTACT})

    with writing(session):
        imported = service.import_source(session, source=wanted, title="x", by="ada", now=now)

    draft = service.open_draft_by_id(session, str(imported.draft))
    assert imported.base_release == release
    assert imported.edits == ("contacts/new", TITLE)
    assert service.source_of(session, draft) == wanted


def test_an_import_takes_out_what_the_source_no_longer_has(
    session: Session, release: int, now: datetime
) -> None:
    wanted = source({"recipients/payer": None})

    with writing(session):
        imported = service.import_source(session, source=wanted, title="x", by="ada", now=now)

    assert queries.edits(session, draft_id=imported.draft) == {"recipients/payer": None}


def test_the_first_import_of_all_has_no_base(session: Session, now: datetime) -> None:
    with writing(session):
        imported = service.import_source(session, source=source(), title="x", by="ada", now=now)

    draft = service.open_draft_by_id(session, str(imported.draft))
    assert imported.base_release is None
    assert len(imported.edits) == len(source())
    assert service.source_of(session, draft) == source()
