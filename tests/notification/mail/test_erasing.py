"""Erasing on demand: of an address nothing is left, at once, whatever a worker is doing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from policy_api import clock
from policy_api.access import queries as access
from policy_api.access.principal import Actor
from policy_api.access.scopes import parse_scopes
from policy_api.access.service import mint
from policy_api.db.tx import writing
from policy_api.notification import lease
from policy_api.notification.addresses import Address, MailKeys
from policy_api.notification.models import Attempt, Delivery, Endpoint, MailSubscription, Ping
from policy_api.notification.pace import Pace
from policy_api.settings import Profile
from tests.notification.mail.conftest import READER, House
from tests.notification.mail.test_canary import (
    ADDRESS,
    CANARY,
    everything_stored,
    go_through_everything,
    written,
)
from tests.notification.mail.test_reports import Command, command, suppressed

__all__ = ["command"]

Call = Callable[..., Any]


@pytest.fixture
def call(house: House) -> Call:
    """Return a function that posts as the holder of a token."""

    def post(name: str, body: object, *, scope: str = "*:subscriptions") -> Any:  # noqa: ANN401
        with Session(house.engine) as session, writing(session):
            token, _ = mint(
                session,
                holder="crm",
                scopes=parse_scopes([scope]),
                days=1,
                profile=Profile.TESTING,
                by=Actor(name="tests"),
                now=clock.now(),
            )
        headers = {"Authorization": f"Bearer {token}"}
        return house.client.post(f"/v1/subscriptions/{name}", json=body, headers=headers)

    return post


def left(house: House) -> int:
    """Return the number of rows that belong to mails."""
    with Session(house.engine) as session:
        tables = (MailSubscription, Endpoint, Delivery, Attempt, Ping)
        return sum(len(session.scalars(select(table)).all()) for table in tables)


def test_nothing_is_left_of_an_erased_address(
    house: House, call: Call, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = go_through_everything(house)
    keys = MailKeys(house.settings.secret_key)
    address = Address.parse(ADDRESS)
    digests = (keys.digest(address), keys.mailbox_digest(address))
    with Session(house.engine) as session:
        (owner, *_) = session.scalars(select(Endpoint.name)).all()
    assert any(digest in everything_stored(house) for digest in digests)

    answer = call("erasures", {"email": ADDRESS})

    assert answer.status_code == 200
    assert left(house) == 0
    for place in (everything_stored(house), written(caplog), answer.text):
        assert CANARY not in place.lower()
        assert not [each for each in (token, owner, *digests) if each in place]
    assert house.client.get(f"/v1/subscriptions/{token}/confirm").status_code == 404


def test_the_record_says_that_and_not_whom(house: House, command: Command) -> None:
    house.subscribe()

    assert command("erase", READER, "--dry-run") == {"erased": 1}
    assert command("erase", READER, "--by", "me") == {"erased": 1}
    assert command("erase", READER) == {"erased": 0}

    with Session(house.engine) as session:
        last = [line for line in access.audit(session, limit=9) if line.actor == "me"]
    assert [(line.action, line.object) for line in last] == [
        ("subscription.erased", "subscriptions")
    ]


def test_an_address_need_not_be_an_argument(house: House, command: Command) -> None:
    house.subscribe()

    assert command("erase", "-", given=f"{READER}\n".encode()) == {"erased": 1}


def test_only_the_address_is_erased(house: House, command: Command) -> None:
    house.subscribe()
    house.subscribe("other@example.net")

    command("erase", READER.upper())
    house.announce()
    house.work_off()

    assert [post.recipients for post in house.server.posts[2:]] == [["other@example.net"]]


def test_an_erased_address_may_subscribe_again(house: House, command: Command) -> None:
    house.subscribe()
    command("bounce", READER)

    command("erase", READER)

    assert suppressed(house) == []
    house.subscribe()


@pytest.mark.parametrize("flags", [("--never-again",), ()])
def test_who_wants_no_mail_gets_none_after_erasing_either(
    house: House, command: Command, flags: tuple[str, ...]
) -> None:
    house.subscribe()
    if not flags:
        command("bounce", READER, "--complaint")

    command("erase", READER, *flags)
    house.ask()
    house.work_off()

    assert len(house.server.posts) == 1
    assert suppressed(house) == ["unwanted" if flags else "complained"]


def test_what_a_worker_is_sending_leads_to_nobody_and_goes_with_its_lease(
    house: House, command: Command
) -> None:
    house.subscribe()
    house.announce()
    house.clock.pass_by(timedelta(seconds=1))
    pace = Pace()
    with house.working():
        house.server.wait_for(2)
    with Session(house.engine) as session:
        with writing(session):
            endpoint = session.scalars(select(Endpoint)).one()
            endpoint.due_at = clock.now()
        with writing(session):
            (claimed,) = lease.claim(
                session, now=clock.now(), channels=["email"], limit=1, lasting=pace.lease
            )

    assert command("erase", READER) == {"erased": 1}

    house.keep_up()
    assert left(house) > 0
    with Session(house.engine) as session:
        found = session.scalars(select(MailSubscription)).one()
        assert (found.sealed_address, found.address_digest) == (None, "")
        assert session.scalars(select(Endpoint.lease_token)).one() == claimed.token + 1
        with writing(session):
            lease.reap(session, now=clock.now() + pace.lease)
    house.keep_up()
    assert left(house) == 0


def test_spooled_mails_are_taken_away(house: House, command: Command) -> None:
    spool = house.settings.data_dir / "spool"
    spool.mkdir()
    for name, to in (("a", f"Reader <{READER}>"), ("b", "other@example.net")):
        (spool / f"{name}.eml").write_text(f"To: {to}\nSubject: x\n\nHello\n")

    command("erase", READER)

    assert [file.name for file in spool.iterdir()] == ["b.eml"]


def test_bounces_are_reported_with_a_token(house: House, call: Call) -> None:
    house.subscribe()
    house.subscribe("other@example.net")

    answer = call("bounces", {"bounces": [{"email": READER}, {"email": "who@example.net"}]})

    assert (answer.status_code, answer.get_json()) == (200, {"ended": 1})
    assert suppressed(house) == ["bounced", "bounced"]


def test_everything_that_is_wrong_with_a_report_is_told_at_once(house: House, call: Call) -> None:
    bounces = [{"email": "nobody"}, {"email": READER, "kind": "lost"}, {"kind": "bounced"}]

    answer = call("bounces", {"bounces": bounces})

    pointers = {each["pointer"] for each in answer.get_json()["errors"]}
    assert pointers == {"/bounces/0/email", "/bounces/1/kind", "/bounces/2/email"}
    assert suppressed(house) == []


@pytest.mark.parametrize("scope", ["shop:subscriptions", "*:webhooks", "*:admin"])
@pytest.mark.parametrize("name", ["bounces", "erasures"])
def test_addresses_are_the_business_of_no_other_token(
    house: House, call: Call, name: str, scope: str
) -> None:
    house.subscribe()

    body = {"bounces": [{"email": READER}]} if name == "bounces" else {"email": READER}
    assert call(name, body, scope=scope).status_code == 403

    assert suppressed(house) == []
    assert left(house) > 0


def test_no_table_but_those_of_mails_is_touched(house: House, command: Command) -> None:
    house.subscribe()
    with house.engine.connect() as connection:
        names = inspect(connection).get_table_names()
    before = counts(house, names)

    command("erase", READER)

    changed = {name for name in names if counts(house, names)[name] != before[name]}
    assert changed == {
        "mail_subscription",
        "endpoint",
        "ping",
        "delivery",
        "attempt",
        "audit_entry",
    }


def counts(house: House, names: list[str]) -> dict[str, int]:
    with house.engine.connect() as connection:
        return {
            name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one()  # noqa: S608 -- our own names
            for name in names
        }
