"""The pages behind the links of mails: looking changes nothing, pressing does."""

from __future__ import annotations

import html5lib
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from policy_api.notification.models import MailSubscription
from tests.notification.mail.conftest import House, Post

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def asked(house: House) -> Post:
    house.ask(locale="de", policy="privacy", digest="weekly")
    with house.working():
        return house.server.wait_for(1)[0]


def standing(house: House) -> tuple[bool, bool]:
    """Tell whether the only subscription is confirmed and whether it has ended."""
    with Session(house.engine) as session:
        found = session.scalars(select(MailSubscription)).one()
        return found.confirmed_at is not None, found.ended_at is not None


def test_looking_at_the_pages_changes_nothing(house: House, asked: Post) -> None:
    for name in ("confirm", "unsubscribe"):
        for _ in range(2):
            assert house.client.get(asked.link(name)).status_code == 200
            assert house.client.head(asked.link(name)).status_code == 200

    assert standing(house) == (False, False)


def test_the_page_says_what_is_confirmed_in_the_readers_language(house: House, asked: Post) -> None:
    answer = house.client.get(asked.link("confirm"), headers={"Accept-Language": "fr"})

    html5lib.HTMLParser(strict=True).parse(answer.text)
    assert '<html lang="de" dir="ltr">' in answer.text
    assert "Datenschutz" in answer.text
    assert '<form method="post">' in answer.text
    assert answer.headers["Content-Language"] == "de"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]


def test_pressing_twice_is_harmless(house: House, asked: Post) -> None:
    answers = [house.client.post(asked.link("confirm")) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].data == answers[1].data
    assert standing(house) == (True, False)


def test_leaving_twice_is_harmless_and_final(house: House, asked: Post) -> None:
    house.client.post(asked.link("confirm"))
    answers = [house.client.post(asked.link("unsubscribe")) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert house.client.post(asked.link("confirm")).status_code == 410
    assert house.client.get(asked.link("confirm")).status_code == 410
    assert "<form" not in house.client.get(asked.link("unsubscribe")).text
    assert standing(house) == (True, True)


@pytest.mark.parametrize("name", ["confirm", "unsubscribe"])
@pytest.mark.parametrize("token", ["x", "A" * 43, "%00", "..%2f", "a" * 3000])
def test_a_link_that_is_not_known_gets_a_calm_page(house: House, name: str, token: str) -> None:
    address = f"/v1/subscriptions/{token}/{name}"
    shown = house.client.get(address, headers={"Accept-Language": "fr-CA"})
    posted = house.client.post(address)

    assert {shown.status_code, posted.status_code} == {404}
    if shown.mimetype == "text/html":
        assert '<html lang="fr" dir="ltr">' in shown.text
        html5lib.HTMLParser(strict=True).parse(shown.text)


def test_other_methods_are_refused(house: House, asked: Post) -> None:
    answer = house.client.put(asked.link("confirm"))

    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_links_and_styles_follow_the_place_where_the_program_is_mounted(house: House) -> None:
    from werkzeug.test import Client  # noqa: PLC0415 -- for this alone

    app: Flask = house.app
    mounted = Client(app)
    mounted.post(
        "/v1/subscriptions",
        base_url="https://example.org/legal texts",
        json={"email": "reader@example.net", "site": "shop"},
    )
    with house.working():
        (asked,) = house.server.wait_for(1)
    assert "https://legal.example.org/legal%20texts/v1/subscriptions/" in asked.text

    path = asked.link("confirm").removeprefix("/legal%20texts")
    page = mounted.get(path, base_url="https://example.org/legal texts")

    assert 'href="/legal%20texts/v1/subscriptions/page.css"' in page.text


def test_the_host_of_a_request_is_never_in_a_mail(house: House) -> None:
    house.client.post(
        "/v1/subscriptions",
        json={"email": "reader@example.net", "site": "shop"},
        headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"},
    )
    with house.working():
        (asked,) = house.server.wait_for(1)

    assert "evil" not in asked.text
    assert "evil" not in asked.html


def test_the_style_sheet_of_the_pages_is_served(house: House) -> None:
    answer = house.client.get("/v1/subscriptions/page.css")

    assert answer.status_code == 200
    assert answer.mimetype == "text/css"
