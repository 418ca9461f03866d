"""Publishing: one transaction that makes versions, editions, proof and events."""

from __future__ import annotations

from datetime import datetime, timedelta

import orjson
import pytest
from sqlalchemy.orm import Session

from policy_api.db.tx import writing
from policy_api.domain.planning.release import Announcement
from policy_api.domain.proof.verify import verify
from policy_api.errors import NotFound, NothingToPublish, NotWithdrawable, PublishConflict
from policy_api.events import queries as events
from policy_api.ledger import queries
from policy_api.ledger.history import DatabaseHistory
from policy_api.ledger.rows import Status
from policy_api.publishing.service import Publisher, publish
from policy_api.publishing.withdrawing import withdraw
from tests.domain.sources import edited, entries, source
from tests.publishing.conftest import Publish

LATER = timedelta(days=40)


def moved() -> dict[str, object]:
    """Return a material edit that main and shop show: the payment service moves."""
    rows = entries()["policies/privacy/tables/services"]["rows"]
    payments = rows[1] | {"locations": [{"country": "CA"}]}
    return edited("policies/privacy/tables/services", rows=[rows[0], payments])


def heading(text: str = "Reach us") -> dict[str, object]:
    return edited("policies/privacy/sections/contact", heading=text)


def event_types(session: Session) -> list[str]:
    return [event.type for event in events.after(session, sequence=0, limit=50)]


def numbers(session: Session, site: str) -> list[int]:
    found = queries.versions(session, site=site, policy="privacy", before=None, limit=50)
    return [version.number for version in found]


def test_a_release_stores_what_readers_get(session: Session, release: Publish) -> None:
    release(source())

    version = queries.version(session, site="shop", policy="privacy", number=1)
    assert version is not None
    edition = queries.edition(session, version_id=version.id, locale="de")
    assert edition is not None
    assert edition.content["sections"][0]["heading"] == "Willkommen"
    assert edition.content["version"] == 1
    assert queries.edition_locales(session, version_id=version.id) == ("de", "en")


def test_a_release_can_be_verified(session: Session, release: Publish, now: datetime) -> None:
    release(source())
    release(source(moved()), at=now + LATER)

    assert verify(DatabaseHistory(session)) is None


def test_the_source_of_a_release_can_be_read_back(session: Session, release: Publish) -> None:
    release(source())

    head = queries.head(session)
    assert head is not None
    assert queries.load_source(session, head.source_digest) == source()


def test_only_affected_sites_are_announced(
    session: Session, release: Publish, now: datetime
) -> None:
    release(source())
    release(source(moved()), at=now + LATER, title={"en": "Payments move"})

    event = events.after(session, sequence=2, limit=1)[0]
    data = orjson.loads(event.body)["data"]
    assert data["title"] == {"en": "Payments move"}
    assert data["significance"] == "material"
    assert [(row["site"], row["version"], row["changes"]) for row in data["sites"]] == [
        ("main", 2, ["recipient.location_changed"]),
        ("shop", 2, ["recipient.location_changed"]),
    ]
    assert data["sites"][1]["diff"] == "/v1/sites/shop/policies/privacy/diff?from=1&to=2"


def test_what_takes_effect_at_once_is_said_to(session: Session, release: Publish) -> None:
    release(source())

    assert event_types(session) == ["policy.published", "policy.effective"]


def test_what_is_only_announced_is_not_yet_effective(
    session: Session, release: Publish, now: datetime
) -> None:
    release(source())
    release(source(moved()), at=now + LATER)

    assert event_types(session)[2:] == ["policy.published"]


def test_the_announced_version_takes_over_by_the_clock_alone(
    session: Session, release: Publish, now: datetime
) -> None:
    release(source())
    done = release(source(moved()), at=now)

    before = queries.in_force(
        session, site="shop", policy="privacy", at=done.effective_at - timedelta(seconds=1)
    )
    after = queries.in_force(session, site="shop", policy="privacy", at=done.effective_at)

    assert before is not None
    assert after is not None
    assert (before.number, after.number) == (1, 2)


def test_a_release_on_an_older_one_is_a_conflict(
    session: Session, release: Publish, publisher: Publisher, now: datetime
) -> None:
    release(source())
    release(source(heading()))

    with pytest.raises(PublishConflict) as refusal, writing(session):
        publish(
            session,
            source=source(heading("Contact us")),
            base=1,
            announcement=Announcement(),
            publisher=publisher,
            now=now,
        )

    assert refusal.value.extra == {"base": 1, "newest": 2}
    assert queries.head_number(session) == 2


def test_a_clock_that_was_set_back_does_not_turn_the_order_round(
    session: Session, release: Publish, now: datetime
) -> None:
    release(source())

    release(source(heading()), at=now - timedelta(hours=2))

    current = queries.in_force(session, site="shop", policy="privacy", at=now)
    assert current is not None
    assert current.number == 2
    assert current.published_at == now


def test_the_same_source_twice_is_refused(session: Session, release: Publish) -> None:
    release(source())

    with pytest.raises(NothingToPublish):
        release(source())

    assert queries.head_number(session) == 1


def test_a_refused_release_leaves_nothing_behind(
    session: Session, release: Publish, now: datetime
) -> None:
    release(source())
    with pytest.raises(ZeroDivisionError), writing(session):
        publish(
            session,
            source=source(heading()),
            base=1,
            announcement=Announcement(),
            publisher=Publisher(actor="x", signer=_NoSigner()),  # type: ignore[arg-type]
            now=now,
        )

    assert numbers(session, "shop") == [1]
    assert event_types(session) == ["policy.published", "policy.effective"]


class _NoSigner:
    """Breaks at the last moment, when everything else is stored."""

    @property
    def public_key(self) -> object:
        raise ZeroDivisionError

    def sign(self, _chain_head: str) -> str:
        raise ZeroDivisionError


def test_a_correction_while_a_version_is_announced(
    session: Session, release: Publish, now: datetime
) -> None:
    release(source())
    announced = release(source(moved()), at=now)

    release(source(moved() | heading()), at=now + timedelta(days=1))

    assert numbers(session, "shop") == [4, 3, 2, 1]
    assert numbers(session, "forum") == [2, 1]
    replaced = queries.version(session, site="shop", policy="privacy", number=2)
    assert replaced is not None
    assert replaced.status(now + timedelta(days=2)) is Status.PAST
    after = queries.in_force(session, site="shop", policy="privacy", at=announced.effective_at)
    assert after is not None
    assert after.number == 4
    assert verify(DatabaseHistory(session)) is None


def take_back(session: Session, publisher: Publisher, release_number: int, at: datetime) -> None:
    with writing(session):
        withdraw(
            session,
            release=release_number,
            title={"en": "Payments stay"},
            summary={"en": "The service does not move after all."},
            publisher=publisher,
            now=at,
        )


def test_a_withdrawn_version_never_takes_effect(
    session: Session, release: Publish, publisher: Publisher, now: datetime
) -> None:
    release(source())
    announced = release(source(moved()), at=now)

    take_back(session, publisher, 2, now + timedelta(days=1))

    after = queries.in_force(session, site="shop", policy="privacy", at=announced.effective_at)
    withdrawn = queries.version(session, site="shop", policy="privacy", number=2)
    assert after is not None
    assert withdrawn is not None
    assert after.number == 1
    assert withdrawn.status(now) is Status.WITHDRAWN
    assert event_types(session)[-1] == "policy.withdrawn"
    assert verify(DatabaseHistory(session)) is None


def test_a_correction_outlives_the_withdrawal_of_what_was_announced(
    session: Session, release: Publish, publisher: Publisher, now: datetime
) -> None:
    release(source())
    announced = release(source(moved()), at=now)
    release(source(moved() | heading()), at=now + timedelta(days=1))

    take_back(session, publisher, 2, now + timedelta(days=2))

    after = queries.in_force(session, site="shop", policy="privacy", at=announced.effective_at)
    assert after is not None
    assert after.number == 3
    head = queries.head(session)
    assert head is not None
    assert queries.load_source(session, head.source_digest) == source(heading())


def test_after_a_withdrawal_numbers_go_on(
    session: Session, release: Publish, publisher: Publisher, now: datetime
) -> None:
    release(source())
    release(source(moved()), at=now)
    take_back(session, publisher, 2, now + timedelta(days=1))

    release(source(heading()), at=now + timedelta(days=2))

    assert numbers(session, "shop") == [3, 2, 1]
    third = queries.version(session, site="shop", policy="privacy", number=3)
    assert third is not None
    assert third.previous == 1


def test_what_is_in_force_cannot_be_withdrawn(
    session: Session, release: Publish, publisher: Publisher, now: datetime
) -> None:
    release(source())

    with pytest.raises(NotWithdrawable):
        take_back(session, publisher, 1, now)
    with pytest.raises(NotFound):
        take_back(session, publisher, 9, now)


def test_what_others_build_on_cannot_be_withdrawn_first(
    session: Session, release: Publish, publisher: Publisher, now: datetime
) -> None:
    release(source())
    announced = release(source(moved()), at=now)
    release(source(moved() | heading()), effective_at=announced.effective_at + LATER)

    with pytest.raises(NotWithdrawable) as refusal:
        take_back(session, publisher, 2, now + timedelta(days=1))

    assert refusal.value.extra["releases"] == [3]


def test_hosts_are_found_once_they_are_published(
    session: Session, release: Publish, now: datetime
) -> None:
    release(source())
    release(source(edited("sites/shop", hosts=["buy.example.org"])), at=now + LATER)

    before = queries.directory(session, at=now + LATER)
    assert before.by_host("buy.example.org") is not None
    assert before.by_host("shop.example.org") is None


def test_of_two_announced_for_one_instant_the_later_must_be_withdrawn_first(
    session: Session, release: Publish, publisher: Publisher, now: datetime
) -> None:
    release(source())
    release(source(moved()), at=now, effective_at=now + LATER)
    release(source(moved() | heading()), at=now, effective_at=now + LATER)

    with pytest.raises(NotWithdrawable) as refusal, writing(session):
        withdraw(session, release=2, title={}, summary={}, publisher=publisher, now=now)

    assert refusal.value.extra["releases"] == [3]


def test_a_clock_that_was_set_back_takes_back_nothing_that_was_in_force(
    session: Session, release: Publish, publisher: Publisher, now: datetime
) -> None:
    release(source())
    release(source(moved()), at=now, effective_at=now + LATER)
    release(source(moved() | heading()), at=now + 2 * LATER)

    with pytest.raises(NotWithdrawable), writing(session):
        withdraw(session, release=2, title={}, summary={}, publisher=publisher, now=now)


def test_a_withdrawal_is_never_older_than_what_it_withdraws(
    session: Session, release: Publish, publisher: Publisher, now: datetime
) -> None:
    release(source())
    release(source(moved()), at=now, effective_at=now + LATER)

    with writing(session):
        done = withdraw(
            session, release=2, title={}, summary={}, publisher=publisher, now=now - LATER
        )

    assert done.published_at == now
    assert verify(DatabaseHistory(session)) is None
