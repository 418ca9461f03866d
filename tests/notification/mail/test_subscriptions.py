"""Asking for a subscription: one answer for all, limits, and what is stored."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from policy_api import clock
from policy_api.db.tx import writing
from policy_api.notification import erasure, lease, subscriptions
from policy_api.notification.addresses import Address, MailKeys
from policy_api.notification.mail_limits import MailLimits
from policy_api.notification.models import (
    Delivery,
    Endpoint,
    MailConfirmation,
    MailSubscription,
    Suppression,
)
from policy_api.notification.pace import Pace
from tests.notification.mail.conftest import READER, House, stored


def test_the_answer_is_the_same_for_a_known_address_and_a_new_one(house: House) -> None:
    house.subscribe()

    known, new = house.ask(), house.ask("other@example.net")

    assert (known.status_code, known.data) == (new.status_code, new.data)
    assert known.status_code == 202


def test_the_same_is_done_for_a_known_address_and_a_new_one(house: House) -> None:
    house.subscribe()
    with Session(house.engine) as session, writing(session):
        keys = MailKeys(house.settings.secret_key)
        address = Address.parse("bounced@example.net")
        subscriptions.bounce(session, address=address, keys=keys, now=clock.now())

    counts = [
        statements_of(house, email)
        for email in (READER, "bounced@example.net", "other@example.net")
    ]

    assert counts[0] == counts[1] == counts[2]


def statements_of(house: House, email: str) -> list[str]:
    """Return the statements that asking for an address runs, without their values."""
    from sqlalchemy import event  # noqa: PLC0415 -- for this alone

    from policy_api.db.base import db  # noqa: PLC0415

    seen: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        seen.append(statement)

    with house.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    house.ask(email)
    event.remove(engine, "before_cursor_execute", note)
    return seen


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no-address"),
        ("email", "a@b@example.net"),
        ("email", "reader@example.net\r\nBcc: other@example.net"),
        ("email", "reader@[127.0.0.1]"),
        ("email", '"quoted local"@example.net'),
        ("email", "reader@localhost"),
        ("email", "reader@example.net\x00"),
        ("email", f"{'x' * 65}@example.net"),
        ("site", "nowhere"),
        ("policy", "cookies"),
        ("locale", "no language"),
        ("digest", "hourly"),
        ("min_significance", "huge"),
    ],
)
@pytest.mark.sqlite_only
def test_what_cannot_be_is_refused_with_its_place(house: House, field: str, value: str) -> None:
    answer = house.client.post(
        "/v1/subscriptions", json={"email": READER, "site": "shop", field: value}
    )

    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == f"/{field}"


@pytest.mark.sqlite_only
def test_everything_that_is_wrong_is_told_at_once(house: House) -> None:
    wrong = {"email": "no-address", "site": "nowhere", "digest": "hourly"}
    odd = {"email": READER, "site": "shop", "policy": "cookies", "colour": "red"}

    answers = [house.client.post("/v1/subscriptions", json=each) for each in (wrong, odd)]

    assert [answer.status_code for answer in answers] == [422, 422]
    told = [sorted(each["pointer"] for each in answer.get_json()["errors"]) for answer in answers]
    assert told == [["/digest", "/email", "/site"], ["/colour", "/policy"]]


def test_a_hundred_requests_for_one_mailbox_cause_three_mails_a_day(house: House) -> None:
    for number in range(100):
        email = f"Reader+{number}@Example.net" if number % 2 else READER
        answer = house.client.post(
            "/v1/subscriptions",
            json={"email": email, "site": "shop"},
            environ_overrides={"REMOTE_ADDR": f"198.51.{number}.7"},
        )
        assert answer.status_code == 202
    house.work_off()
    assert len(house.server.posts) == 3

    house.clock.pass_by(timedelta(hours=25))
    house.ask()
    house.work_off()

    assert len(house.server.posts) == 4


def test_one_network_causes_no_more_than_twenty_mails_an_hour(house: House) -> None:
    for number in range(30):
        environ = {"REMOTE_ADDR": f"198.51.100.{number}"}
        body = {"email": f"reader{number}@example.net", "site": "shop"}
        answer = house.client.post("/v1/subscriptions", json=body, environ_overrides=environ)
        assert answer.status_code == 202

    with Session(house.engine) as session:
        assert len(session.scalars(select(MailSubscription)).all()) == 20


def test_everybody_together_causes_a_limited_number_of_mails(house: House) -> None:
    keys, wish = MailKeys(house.settings.secret_key), {"site": "shop", "policy": None}
    limits = MailLimits(total=5)
    with Session(house.engine) as session:
        for number in range(8):
            with writing(session):
                subscriptions.ask(
                    session,
                    subscriptions.Wish(
                        address=Address.parse(f"reader{number}@example.net"),
                        locale="en",
                        min_significance="material",
                        **wish,  # type: ignore[arg-type]
                    ),
                    desk=subscriptions.Desk(
                        keys=keys, remote=f"2001:db8:{number}::1", limits=limits
                    ),
                    now=clock.now(),
                )

        assert len(session.scalars(select(MailSubscription)).all()) == 5


def test_an_address_stands_nowhere_in_the_database_in_the_clear(house: House) -> None:
    house.server.answers[READER] = "450 4.2.0 <reader@example.net> greylisted"
    house.ask()
    house.work_off()
    house.server.answers.clear()
    house.clock.pass_by(timedelta(minutes=10))
    with house.working():
        (asked,) = house.server.wait_for(1)
    house.client.post(asked.link("confirm"))
    house.announce()
    house.work_off()

    assert len(house.server.posts) == 2
    assert b"reader" not in stored(house)


def test_no_link_of_a_mail_stands_in_the_database(house: House) -> None:
    asked = house.subscribe()

    token = asked.link("confirm").split("/")[3]

    assert len(token) == 43
    assert token.encode() not in stored(house)


def test_subscribing_again_replaces_the_subscription(house: House) -> None:
    house.subscribe(locale="en")
    house.subscribe(locale="de")

    house.announce()
    house.work_off()

    assert [post.mail["Content-Language"] for post in house.server.posts] == ["en", "de", "de"]


def test_two_sites_are_two_subscriptions(house: House) -> None:
    house.subscribe(site="shop")
    house.subscribe(site="main")

    house.announce()
    house.work_off()

    assert len(house.server.posts) == 4


def test_an_address_is_erased_28_days_after_its_last_subscription_ended(house: House) -> None:
    first = house.subscribe(site="shop")
    second = house.subscribe(site="main")
    house.client.post(first.link("confirm").replace("confirm", "unsubscribe"))
    house.clock.pass_by(timedelta(days=29))
    house.keep_up()
    assert addresses(house) == 2

    house.client.post(second.link("confirm").replace("confirm", "unsubscribe"))
    house.clock.pass_by(timedelta(days=27))
    house.keep_up()
    assert addresses(house) == 2

    house.clock.pass_by(timedelta(days=2))
    house.keep_up()

    assert addresses(house) == 0
    with Session(house.engine) as session:
        assert session.scalars(select(MailSubscription.address_digest)).all() == ["", ""]
        assert session.scalars(select(Endpoint)).all() == []
        assert session.scalars(select(Delivery)).all() == []
        assert session.scalars(select(MailConfirmation)).all() == []


def test_a_request_that_nobody_confirmed_is_forgotten_after_three_days(house: House) -> None:
    house.ask()
    with house.working():
        (asked,) = house.server.wait_for(1)
    house.clock.pass_by(timedelta(days=3, minutes=1))
    assert house.client.post(asked.link("confirm")).status_code == 410

    house.keep_up()

    with Session(house.engine) as session:
        assert session.scalars(select(MailSubscription)).all() == []
        assert session.scalars(select(Endpoint)).all() == []
    assert house.client.post(asked.link("confirm")).status_code == 404


def test_erasing_goes_on_until_nothing_is_due(house: House) -> None:
    for number in range(3):
        house.ask(f"reader{number}@example.net")
    house.clock.pass_by(timedelta(days=4))

    with Session(house.engine) as session, writing(session):
        first = erasure.purge(session, now=clock.now(), chunk=2)
        second = erasure.purge(session, now=clock.now(), chunk=2)

    assert (first.dropped, second.dropped) == (2, 1)


def test_what_a_worker_is_about_to_send_is_erased_after_that(house: House) -> None:
    house.ask()
    house.clock.pass_by(timedelta(days=4))
    pace = Pace()

    with Session(house.engine) as session:
        with writing(session):
            lease.claim(
                session,
                now=clock.now(),
                channels=["email"],
                limit=1,
                lasting=pace.lease,
            )
        with writing(session):
            meanwhile = erasure.purge(session, now=clock.now())
        with writing(session):
            lease.reap(session, now=clock.now() + pace.lease)
            afterwards = erasure.purge(session, now=clock.now())

    assert (meanwhile.dropped, afterwards.dropped) == (0, 1)


def test_who_refuses_the_confirmation_mail_is_written_to_no_more(house: House) -> None:
    house.ask()
    with house.working():
        (asked,) = house.server.wait_for(1)
    house.client.post(asked.link("unsubscribe"))

    house.clock.pass_by(timedelta(days=2))
    assert house.ask().status_code == 202
    house.work_off()

    assert len(house.server.posts) == 1
    with Session(house.engine) as session:
        assert session.scalars(select(Suppression.reason)).all() == ["unwanted"]


def addresses(house: House) -> int:
    with Session(house.engine) as session:
        found = session.scalars(select(MailSubscription.sealed_address))
        return sum(address is not None for address in found)


@pytest.mark.sqlite_only
def test_another_secret_key_cannot_read_an_address(house: House, tmp_path: Path) -> None:
    house.subscribe()

    with Session(house.engine) as session:
        owner, sealed = session.execute(
            select(Endpoint.name, MailSubscription.sealed_address).join(
                Endpoint, Endpoint.id == MailSubscription.endpoint_id
            )
        ).one()

    assert sealed is not None
    assert str(MailKeys(house.settings.secret_key).open(sealed, owner=owner)) == READER
    with pytest.raises(Exception, match="does not open"):
        MailKeys("another secret key that is long enough").open(sealed, owner=owner)
