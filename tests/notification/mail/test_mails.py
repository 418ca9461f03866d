"""What a mail is: headers, text, one recipient; and what becomes of it at the server."""

from __future__ import annotations

import re
from datetime import timedelta
from email.headerregistry import Address as HeaderAddress

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from policy_api.domain.labels import translated_locales
from policy_api.notification import mailing
from policy_api.notification.addresses import Address
from policy_api.notification.mail_queries import SubscriptionRow
from policy_api.notification.mailing import Letterhead
from policy_api.notification.models import Delivery, Endpoint, Suppression
from policy_api.notification.telling import Names, News
from tests.notification.mail.conftest import ORIGIN, READER, START, House

HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
    "Content-Type",
    "Content-Language",
]
BAD_NAME = "Shop\r\nBcc: victim@example.net\r\n\r\n<script>alert(1)</script>\x00"
HEAD = Letterhead(
    sender=HeaderAddress(display_name="Example", addr_spec="legal@example.org"), base=ORIGIN
)


def row(locale: str = "en", **members: object) -> SubscriptionRow:
    told: dict[str, object] = {
        "id": 1,
        "owner": "ml_1",
        "site": "shop",
        "policy": "privacy",
        "locale": locale,
        "min_significance": "material",
        "digest": "immediate",
        "asked_at": START,
        "confirmed_at": START,
        "ended_at": None,
        "address_digest": "",
        "sealed_address": None,
    }
    return SubscriptionRow(**(told | members))  # type: ignore[arg-type]


def news(**members: object) -> News:
    told: dict[str, object] = {
        "policy": "Privacy policy",
        "version": "Version 3",
        "headline": "A carrier",
        "when": "Takes effect on April 10, 2026",
        "summary": "Parcels are delivered by somebody else.",
        "dir": "ltr",
        "locale": "en",
        "lines": ("Recipient added: Carrier",),
        "more": 0,
        "href": "/v1/sites/shop/policies/privacy/versions/3.html?locale=en",
        "action": "Read version 3",
        "digest": f"sha256:{'a' * 64}",
        "chain_head": f"sha256:{'b' * 64}",
    }
    return News(**(told | members))  # type: ignore[arg-type]


def test_a_mail_tells_what_changed_and_where_to_read_it(house: House) -> None:
    house.subscribe(policy="privacy")
    house.announce()
    house.work_off()

    told = house.server.posts[-1]
    assert told.subject == "Privacy policy · Example shop: A carrier"
    assert "Takes effect on April 10, 2026" in told.text
    assert "A carrier, in short." in told.text
    assert "Recipient added: =Carrier" in told.text
    path = "/v1/sites/shop/policies/privacy/versions/3"
    assert f"{ORIGIN}{path}.html?locale=en" in told.text
    assert house.client.get(f"{path}.html").status_code == 200
    edition = house.client.get(path).get_json()
    assert edition["digest"] in told.text
    assert edition["digest"] in told.html
    head = house.client.get("/v1/changes").get_json()["items"][-1]["data"]["chain_head"]
    assert head in told.text


def test_a_mail_has_one_recipient_and_exactly_these_headers(house: House) -> None:
    house.subscribe()
    house.subscribe("other@example.net")
    house.announce()
    house.work_off()

    first, second = house.server.posts[2:]
    assert {tuple(post.recipients) for post in (first, second)} == {
        (READER,),
        ("other@example.net",),
    }
    assert first.sender == "legal@example.org"
    assert [name for name, _ in first.mail.items()] == HEADERS
    assert first.mail["To"] == first.recipients[0]
    assert first.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_one_click_link_travels_as_it_is(house: House) -> None:
    house.subscribe()
    house.announce()
    house.work_off()

    sent = house.server.posts[-1]
    link = f"{ORIGIN}{sent.link('unsubscribe')}"
    assert f"\r\nList-Unsubscribe: <{link}>\r\n".encode() in sent.content


def test_a_confirmation_mail_offers_no_one_click_link(house: House) -> None:
    asked = house.subscribe()

    assert asked.mail["List-Unsubscribe"] is None


def test_a_withdrawal_is_told(house: House) -> None:
    house.subscribe()
    house.announce()
    house.withdraw()
    house.work_off()

    told = house.server.posts[-1]
    assert told.subject.endswith("Never mind")
    assert "Nothing of it will happen." in told.text
    assert "Recipient added" not in told.text


def test_taking_effect_is_not_told_again(house: House) -> None:
    house.subscribe()
    house.announce()
    house.work_off()
    house.clock.pass_by(timedelta(days=40))

    house.work_off()

    assert len(house.server.posts) == 2


def test_changes_below_the_chosen_significance_are_not_told(house: House) -> None:
    house.subscribe(min_significance="material")
    house.subscribe("other@example.net", min_significance="technical")
    house.announce()
    house.announce()
    house.work_off()

    recipients = [post.recipients[0] for post in house.server.posts[2:]]
    assert recipients.count(READER) == 1
    assert recipients.count("other@example.net") == 2


def test_the_same_message_gets_the_same_id_each_time_and_nobody_shares_it() -> None:
    assert mailing.id_of("evt_1", "ml_1") == mailing.id_of("evt_1", "ml_1")
    assert mailing.id_of("evt_1", "ml_1") != mailing.id_of("evt_1", "ml_2")
    assert mailing.id_of("evt_1", "ml_1") != mailing.id_of("evt_2", "ml_1")


def test_the_same_mail_is_the_same_bytes() -> None:
    made = [
        mailing.message(
            mailing.notice(row(), Names(site="Shop", policy="P"), (news(),), head=HEAD, token="t"),
            to=Address.parse(READER),
            head=HEAD,
            message_id="m1",
            now=START,
        ).as_bytes()
        for _ in range(2)
    ]

    assert made[0] == made[1]


def test_nothing_in_a_name_or_a_text_can_add_a_header_or_markup() -> None:
    mail = mailing.notice(
        row(),
        Names(site=BAD_NAME, policy=BAD_NAME),
        (news(policy=BAD_NAME, headline=BAD_NAME, summary=BAD_NAME, lines=(BAD_NAME,)),),
        head=Letterhead(
            sender=HeaderAddress(display_name=mailing.one_line(BAD_NAME), addr_spec="l@e.org"),
            base=ORIGIN,
        ),
        token="t",
    )
    made = mailing.message(mail, to=Address.parse(READER), head=HEAD, message_id="m1", now=START)

    written = made.as_bytes()
    assert [name for name, _ in made.items()] == HEADERS
    assert written.count(b"\r\n") == written.count(b"\n") == written.count(b"\r")
    assert not re.search(rb"^Bcc:", written.partition(b"\r\n\r\n")[0], re.MULTILINE)
    assert "<script>" not in mail.html


def test_a_mail_is_seven_bit_and_has_no_long_lines() -> None:
    summary = "Überall größere Änderungen; 変更点. " * 40
    mail = mailing.notice(
        row("de"), Names(site="Müller", policy="P"), (news(summary=summary),), head=HEAD, token="t"
    )

    made = mailing.message(mail, to=Address.parse(READER), head=HEAD, message_id="m1", now=START)

    assert made.as_bytes().isascii()
    assert max(map(len, made.as_bytes().split(b"\r\n"))) <= 100


@pytest.mark.parametrize("locale", sorted({"en", *translated_locales()}))
def test_every_mail_is_written_in_every_language(locale: str) -> None:
    names = Names(site="Shop", policy=None)

    asked = mailing.confirmation(row(locale), names, head=HEAD, token="t" * 43)
    told = mailing.notice(row(locale), names, (news(), news()), head=HEAD, token="t" * 43)

    for mail in (asked, told):
        assert f'lang="{locale}"' in mail.html
        assert ('dir="rtl"' in mail.html) == (locale == "ar")
        assert "{" not in mail.text
        if locale != "en":
            english = mailing.confirmation(row("en"), names, head=HEAD, token="t" * 43)
            assert mail.subject != english.subject


def test_an_address_that_does_not_exist_is_written_to_once(house: House) -> None:
    house.subscribe()
    house.server.answers[READER] = "550 5.1.1 <reader@example.net>: no such user"
    house.announce()
    house.work_off()
    house.server.answers.clear()
    house.announce()
    house.work_off()
    house.ask()
    house.work_off()

    assert len(house.server.posts) == 1
    with Session(house.engine) as session:
        assert session.scalars(select(Suppression.reason)).all() == ["bounced"]
        states = session.scalars(select(Endpoint.state).order_by(Endpoint.id)).all()
        assert states == ["deleted", "pending_verification"]
        assert set(session.scalars(select(Delivery.state))) <= {"delivered", "skipped"}


@pytest.mark.parametrize(
    "answer",
    [
        "450 4.2.0 greylisted",
        "452 4.2.2 mailbox full",
        "550 5.7.1 relaying denied",
        "552 5.2.2 over quota",
        "554 5.7.1 your address is on a list",
    ],
)
@pytest.mark.sqlite_only
def test_a_server_that_does_not_want_us_is_no_bounce(house: House, answer: str) -> None:
    house.subscribe()
    house.server.answers[READER] = answer
    house.announce()
    house.work_off()
    house.server.answers.clear()
    house.clock.pass_by(timedelta(minutes=1))
    house.work_off()

    assert len(house.server.posts) == 2
    with Session(house.engine) as session:
        assert session.scalars(select(Suppression)).all() == []
