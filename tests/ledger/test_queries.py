"""What is in force follows from the clock and the rows, at every instant."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from policy_api.db.tx import writing
from policy_api.domain.proof.records import DirectoryRecord, ReleaseRecord, StateRecord
from policy_api.domain.proof.signing import Signer
from policy_api.ledger import queries, service
from policy_api.ledger.rows import Directory, Numbers, Status
from tests.ledger.published import publish
from tests.proof.story import ANNOUNCED_FOR, START, directory, entries, source_digest, story

MOMENT = timedelta(microseconds=1)
WEEK = timedelta(weeks=1)


@pytest.fixture
def announced(session: Session, signer: Signer) -> Session:
    """Return a session on the story before the withdrawal."""
    for chapter in story()[:3]:
        publish(session, chapter, signer=signer)
    return session


def number_in_force(session: Session, at: datetime) -> int | None:
    found = queries.in_force(session, site="forum", policy="privacy", at=at)
    return None if found is None else found.number


def number_upcoming(session: Session, at: datetime) -> int | None:
    found = queries.upcoming(session, site="forum", policy="privacy", at=at)
    return None if found is None else found.number


def status(session: Session, number: int, now: datetime) -> Status:
    found = queries.version(session, site="forum", policy="privacy", number=number)
    assert found is not None
    return found.status(now)


def test_nothing_is_in_force_before_the_first_version(announced: Session) -> None:
    assert number_in_force(announced, START - MOMENT) is None


def test_a_version_is_in_force_from_its_very_instant(announced: Session) -> None:
    assert number_in_force(announced, START) == 1


def test_an_announced_version_is_not_yet_in_force(announced: Session) -> None:
    assert number_in_force(announced, START + WEEK) == 1


def test_a_correction_is_in_force_at_once(announced: Session) -> None:
    assert number_in_force(announced, START + 2 * WEEK) == 3


def test_of_two_announced_for_one_instant_the_later_takes_effect(announced: Session) -> None:
    assert number_in_force(announced, ANNOUNCED_FOR - MOMENT) == 3
    assert number_in_force(announced, ANNOUNCED_FOR) == 4


def test_a_withdrawn_version_never_takes_effect(published: Session) -> None:
    assert number_in_force(published, ANNOUNCED_FOR + WEEK) == 3


def test_another_sites_version_is_not_in_force_here(announced: Session) -> None:
    at = START + WEEK

    assert queries.in_force(announced, site="wiki", policy="privacy", at=at) is None
    assert queries.in_force(announced, site="forum", policy="cookies", at=at) is None


def test_the_upcoming_version_is_the_one_that_will_take_effect(announced: Session) -> None:
    assert number_upcoming(announced, START) is None
    assert number_upcoming(announced, START + WEEK) == 2
    assert number_upcoming(announced, START + 2 * WEEK) == 4
    assert number_upcoming(announced, ANNOUNCED_FOR) is None


def test_a_withdrawn_version_is_not_upcoming(published: Session) -> None:
    assert number_upcoming(published, START + 3 * WEEK) is None


def test_a_version_knows_how_it_stands(announced: Session) -> None:
    now = START + 2 * WEEK

    stand = [status(announced, number, now) for number in (1, 2, 3, 4)]

    assert stand == [Status.PAST, Status.PAST, Status.CURRENT, Status.UPCOMING]


def test_a_version_stands_otherwise_once_the_time_has_come(announced: Session) -> None:
    stand = [status(announced, number, ANNOUNCED_FOR) for number in (1, 2, 3, 4)]

    assert stand == [Status.PAST, Status.PAST, Status.PAST, Status.CURRENT]


def test_withdrawn_stays_withdrawn(published: Session) -> None:
    stand = [status(published, number, ANNOUNCED_FOR) for number in (1, 2, 3, 4)]

    assert stand == [Status.PAST, Status.WITHDRAWN, Status.CURRENT, Status.WITHDRAWN]


def test_a_version_is_superseded_when_the_next_takes_effect(announced: Session) -> None:
    first, _, corrected, carried = reversed(
        queries.versions(announced, site="forum", policy="privacy")
    )

    assert first.superseded_at(START + WEEK) is None
    assert first.superseded_at(ANNOUNCED_FOR) == START + 2 * WEEK
    assert corrected.superseded_at(START + 2 * WEEK) is None
    assert corrected.superseded_at(ANNOUNCED_FOR) == ANNOUNCED_FOR
    assert carried.superseded_at(ANNOUNCED_FOR) is None


def test_an_announced_version_is_superseded_when_its_replacement_is_announced(
    announced: Session,
) -> None:
    replaced = queries.version(announced, site="forum", policy="privacy", number=2)

    assert replaced is not None
    assert replaced.superseded_at(START + 2 * WEEK) == START + 2 * WEEK


def test_a_withdrawn_version_supersedes_nothing(published: Session) -> None:
    corrected = queries.version(published, site="forum", policy="privacy", number=3)

    assert corrected is not None
    assert corrected.superseded_at(ANNOUNCED_FOR + WEEK) is None


def test_versions_come_newest_first_in_pages(published: Session) -> None:
    first_page = queries.versions(published, site="forum", policy="privacy", limit=3)
    rest = queries.versions(published, site="forum", policy="privacy", before=2, limit=3)

    assert [row.number for row in first_page] == [4, 3, 2]
    assert [row.number for row in rest] == [1]


def test_the_first_version_is_the_first_to_take_effect(published: Session) -> None:
    found = queries.first_version(published, site="forum", policy="privacy")

    assert found is not None
    assert (found.number, found.effective_at) == (1, START)


def test_no_version_is_found_where_there_is_none(session: Session) -> None:
    assert queries.first_version(session, site="forum", policy="privacy") is None
    assert queries.version(session, site="forum", policy="privacy", number=1) is None
    assert queries.versions(session, site="forum", policy="privacy") == ()


def test_a_version_tells_what_its_release_recorded(published: Session) -> None:
    record = story()[2].record.versions[0]

    found = queries.version(published, site="forum", policy="privacy", number=3)

    assert found is not None
    for name in ("kind", "title", "summary", "changes", "previous", "origin_release"):
        assert getattr(found, name) == getattr(record, name)


def standing(session: Session, since: datetime) -> list[tuple[str, int]]:
    return [(row.site, row.number) for row in queries.standing(session, since=since)]


def test_what_stands_is_in_force_or_yet_to_come(announced: Session) -> None:
    now = START + 2 * WEEK

    assert standing(announced, now) == [("forum", 3), ("forum", 4), ("shop", 1)]
    assert standing(announced, ANNOUNCED_FOR) == [("forum", 4), ("shop", 1)]


def test_what_was_withdrawn_does_not_stand(published: Session) -> None:
    assert standing(published, START + 3 * WEEK) == [("forum", 3), ("shop", 1)]


def test_what_stands_since_the_beginning_includes_the_past(published: Session) -> None:
    assert standing(published, START) == [("forum", 1), ("forum", 3), ("shop", 1)]


def test_withdrawn_versions_keep_their_numbers(published: Session) -> None:
    assert queries.last_numbers(published) == {
        ("forum", "privacy"): Numbers(number=4, material_number=2),
        ("shop", "privacy"): Numbers(number=1, material_number=1),
    }


def test_a_release_announced_what_it_started_and_what_was_carried_into_it(
    announced: Session,
) -> None:
    rows = queries.versions_announced_by(announced, release=2, after=START + 2 * WEEK)

    assert [row.number for row in rows] == [2, 4]


def test_nothing_is_announced_any_more_once_it_took_effect_or_was_withdrawn(
    published: Session,
) -> None:
    assert queries.versions_announced_by(published, release=2, after=START) == ()
    assert queries.versions_announced_by(published, release=1, after=START) == ()


def test_the_versions_of_a_release_come_by_site(published: Session) -> None:
    rows = queries.release_versions(published, release=1)

    assert [(row.site, row.number) for row in rows] == [("forum", 1), ("shop", 1)]


def test_releases_come_newest_first_in_pages(published: Session) -> None:
    first_page = queries.releases(published, limit=3)
    rest = queries.releases(published, before=2, limit=3)

    assert [row.number for row in first_page] == [4, 3, 2]
    assert [row.number for row in rest] == [1]


def test_an_empty_ledger_has_an_answer_to_everything(session: Session) -> None:
    assert queries.head(session) is None
    assert queries.head_number(session) == 0
    assert queries.release(session, 1) is None
    assert queries.states(session) == ()
    assert queries.chain(session) == ()
    assert queries.last_numbers(session) == {}
    assert queries.standing(session, since=START) == ()
    assert queries.directory(session, at=START) == Directory()


def test_states_are_those_of_the_newest_release(announced: Session) -> None:
    assert queries.states(announced) == (
        StateRecord(effective_at=START + 2 * WEEK, source=source_digest(entries("One")), origin=3),
        StateRecord(effective_at=ANNOUNCED_FOR, source=source_digest(entries("Two")), origin=2),
    )


def test_the_chain_leads_from_a_release_to_the_newest(published: Session) -> None:
    links = queries.chain(published, since=2)

    head = queries.head(published)
    assert head is not None
    assert [link.release for link in links] == [2, 3, 4]
    assert links[-1].chain_head == head.chain_head


def test_changes_of_units_come_with_their_release(published: Session) -> None:
    (found,) = queries.unit_changes(published, policy="privacy")

    assert (found.release, found.change) == (2, story()[1].record.unit_changes[0])
    assert queries.unit_changes(published, policy="cookies") == ()


def test_a_version_has_an_edition_per_locale(published: Session) -> None:
    row = queries.version(published, site="forum", policy="privacy", number=3)
    assert row is not None

    editions = queries.editions(published, version_ids=[row.id])

    digests = dict(story()[2].record.versions[0].editions)
    assert {edition.locale: edition.digest for edition in editions} == digests
    assert queries.edition_digests(published, version_id=row.id) == digests
    assert queries.edition_locales(published, version_id=row.id) == ("de", "en")


def test_a_locale_that_was_not_published_has_no_edition(published: Session) -> None:
    row = queries.version(published, site="shop", policy="privacy", number=1)

    assert row is not None
    assert queries.edition(published, version_id=row.id, locale="de") is None


def test_a_source_that_was_never_stored_is_not_made_up(session: Session) -> None:
    with pytest.raises(LookupError, match="no source object"):
        queries.load_source(session, source_digest(entries("One.")))


# The directory


def moving(record: ReleaseRecord) -> ReleaseRecord:
    """Return a release after which the shop opens later."""
    states = (
        DirectoryRecord(effective_at=START, body=directory("forum")),
        DirectoryRecord(effective_at=ANNOUNCED_FOR, body=directory("forum", "shop")),
    )
    return replace(record, directory=states)


@pytest.fixture
def opening(session: Session, signer: Signer) -> Session:
    first = story()[0]
    publish(session, replace(first, record=moving(first.record)), signer=signer)
    return session


def test_the_directory_follows_the_clock(opening: Session) -> None:
    before = queries.directory(opening, at=ANNOUNCED_FOR - MOMENT)
    after = queries.directory(opening, at=ANNOUNCED_FOR)

    assert list(before.sites) == ["forum"]
    assert list(after.sites) == ["forum", "shop"]


def test_before_its_first_instant_the_directory_is_the_first_one(opening: Session) -> None:
    assert list(queries.directory(opening, at=START - WEEK).sites) == ["forum"]


def test_only_the_newest_release_tells_the_directory(opening: Session, signer: Signer) -> None:
    publish(opening, story()[1], signer=signer)

    at_the_start = queries.directory(opening, at=START)

    assert list(at_the_start.sites) == ["forum", "shop"]


def test_a_site_is_found_by_its_host(opening: Session) -> None:
    found = queries.directory(opening, at=ANNOUNCED_FOR)

    shop = found.by_host("shop.example.org")
    assert shop is not None
    assert (shop.key, shop.pages) == ("shop", {"privacy": "/privacy"})
    assert found.by_host("unknown.example.org") is None


def test_a_directory_comes_back_as_it_was() -> None:
    stored = directory("forum", "shop")

    assert Directory.from_json(stored).to_json() == stored


def test_the_lock_can_be_taken_again_by_its_holder(session: Session) -> None:
    with writing(session):
        service.lock(session)
        service.lock(session)

        assert queries.head_number(session) == 0
