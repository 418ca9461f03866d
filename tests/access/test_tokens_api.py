"""Tokens over HTTP: made, shown once, used, revoked."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from policy_api.access import queries
from policy_api.db.base import db
from tests.access.people import Person, Someone

WANTED = {"holder": "Build server", "scopes": ["shop:write"]}


def used_at(app: Flask, person: Person) -> datetime | None:
    with app.app_context():
        found = queries.token(db.session(), person.token_id)
        return found.last_used_at if found else None


def test_a_token_says_who_it_stands_for(someone: Someone) -> None:
    answer = someone("shop:write", holder="Ada Author").get("/whoami")

    assert answer.get_json()["holder"] == "Ada Author"
    assert answer.get_json()["scopes"] == ["shop:write"]
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_without_a_token_the_answer_says_how_to_authenticate(client: FlaskClient) -> None:
    answer = client.get("/v1/whoami")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.get_json()["type"].endswith(":not-authenticated")


@pytest.mark.parametrize("header", ["Bearer", "Bearer x", "Basic YTpi", "Token {}", "{}"])
def test_other_credentials_are_no_token(editor: Person, header: str) -> None:
    written = header.format(editor.token)

    answer = editor.client.get("/v1/whoami", headers={"Authorization": written})

    assert answer.status_code == 401


def test_the_name_of_the_scheme_may_be_spelt_in_any_case(editor: Person) -> None:
    written = f"bEARER {editor.token}"

    answer = editor.client.get("/v1/whoami", headers={"Authorization": written})

    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["token", "access_token"])
def test_a_token_in_the_address_is_refused_even_if_it_is_good(editor: Person, name: str) -> None:
    answer = editor.client.get(f"/v1/whoami?{name}={editor.token}")

    assert answer.status_code == 400
    assert editor.token not in answer.text


def test_a_token_is_shown_once(editor: Person, app: Flask) -> None:
    made = editor.post("/tokens", WANTED).get_json()
    listed = editor.get("/tokens").get_json()["items"]
    with app.app_context():
        stored = str(db.session().execute(text("SELECT * FROM token")).all())

    assert made["token"].startswith("ppl_test_")
    assert made["id"] in {token["id"] for token in listed}
    assert made["token"] not in str(listed)
    assert made["token"].split("_", 3)[3][:43] not in stored


def test_a_new_token_opens_what_its_scopes_say(editor: Person) -> None:
    made = editor.post("/tokens", WANTED).get_json()
    build = Person(client=editor.client, token=made["token"], token_id=made["id"])

    assert build.post("/drafts", {"title": "x"}).get_json()["site"] == "shop"
    assert build.get("/tokens").status_code == 403


def test_a_repeated_request_makes_no_second_token(editor: Person) -> None:
    first, again = (
        editor.post("/tokens", WANTED, headers={"Idempotency-Key": "one"}).get_json()
        for _ in range(2)
    )

    assert again == {**first, "token": None}
    assert len(editor.get("/tokens").get_json()["items"]) == 2


@pytest.mark.parametrize(
    "scopes", [["*:admin"], ["main:admin"], ["forum:admin"], ["shop:publish"], ["shop:*"]]
)
def test_nobody_hands_on_more_than_they_have(someone: Someone, scopes: list[str]) -> None:
    admin = someone("shop:admin", "shop:write")

    answer = admin.post("/tokens", {"holder": "Eve", "scopes": scopes})

    assert answer.status_code == 403
    assert answer.get_json()["beyond"]


def test_a_part_of_the_own_scopes_may_be_handed_on(someone: Someone) -> None:
    admin = someone("main:admin", "main:write")

    answer = admin.post("/tokens", {"holder": "Bob", "scopes": ["shop:read-draft", "shop:write"]})

    assert answer.status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"holder": "x"},
        {**WANTED, "scopes": []},
        {**WANTED, "scopes": ["write"]},
        {**WANTED, "days": 0},
        {**WANTED, "days": 366},
        {**WANTED, "days": "7"},
        {**WANTED, "holder": "a\0b"},
        {**WANTED, "is_admin": True},
        {**WANTED, "expires_at": "2099-01-01T00:00:00Z"},
        [],
    ],
)
def test_a_bad_request_for_a_token_makes_none(editor: Person, body: object) -> None:
    assert editor.post("/tokens", body).status_code == 422
    assert len(editor.get("/tokens").get_json()["items"]) == 1


def test_a_token_lives_for_ninety_days_unless_asked_otherwise(
    editor: Person, now: datetime
) -> None:
    made = editor.post("/tokens", WANTED).get_json()

    assert datetime.fromisoformat(made["expires_at"]) == now + timedelta(days=90)


def test_an_expired_token_is_refused(someone: Someone, now: datetime) -> None:
    ada = someone("*:*")

    with time_machine.travel(now + timedelta(days=90), tick=False):
        assert ada.get("/whoami").status_code == 401
    with time_machine.travel(now + timedelta(days=90, seconds=-1), tick=False):
        assert ada.get("/whoami").status_code == 200


def test_a_revoked_token_is_refused_from_the_next_request_on(
    editor: Person, someone: Someone
) -> None:
    eve = someone("shop:write", holder="Eve")
    before = eve.get("/whoami").status_code

    revoked = editor.delete(f"/tokens/{eve.token_id}")

    assert (before, revoked.status_code, eve.get("/whoami").status_code) == (200, 204, 401)


def test_a_token_of_other_sites_cannot_be_revoked_or_seen(someone: Someone) -> None:
    ours, theirs = someone("forum:write"), someone("shop:admin")

    foreign = theirs.delete(f"/tokens/{ours.token_id}")
    nobodys = theirs.delete("/tokens/aaaaaaaaaaaa")

    assert foreign.status_code == nobodys.status_code == 404
    assert foreign.text.replace(ours.token_id, "") == nobodys.text.replace("aaaaaaaaaaaa", "")
    assert ours.token_id not in theirs.get("/tokens").text
    assert ours.get("/whoami").status_code == 200


def test_use_is_noted_at_most_once_a_minute(app: Flask, someone: Someone, now: datetime) -> None:
    ada = someone("*:*")
    seen = []

    for seconds in (0, 59, 60):
        with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
            ada.get("/whoami")
        seen.append(used_at(app, ada))

    assert seen == [now, now, now + timedelta(seconds=60)]


def test_a_list_of_tokens_goes_on_where_it_ended(editor: Person, someone: Someone) -> None:
    ids = {editor.token_id, someone("shop:write").token_id, someone("forum:write").token_id}

    first = editor.get("/tokens?limit=2").get_json()
    rest = editor.get(first["next"].removeprefix("/v1")).get_json()

    assert [len(first["items"]), len(rest["items"]), rest["next"]] == [2, 1, None]
    assert {token["id"] for token in first["items"] + rest["items"]} == ids


def test_management_is_not_for_scripts_of_other_origins(editor: Person) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}

    answers = [
        editor.get("/whoami", headers={"Origin": "https://evil.example"}),
        editor.client.options("/v1/drafts", headers=asked),
        editor.client.get("/v1/drafts", headers={"Origin": "https://evil.example"}),
    ]

    assert [name for each in answers for name, _ in each.headers if "-Control-A" in name] == []


def test_a_token_for_a_site_that_does_not_exist_is_refused(editor: Person) -> None:
    scopes = ["shop:write", "shoop:write", "*:audit", "fourm:audit"]

    answer = editor.post("/tokens", {"holder": "x", "scopes": scopes})

    errors = answer.get_json()["errors"]
    assert answer.status_code == 422
    assert [error["pointer"] for error in errors] == ["/scopes/1", "/scopes/3"]
    assert "shop" in errors[0]["expected"]


def test_every_scope_that_is_none_is_pointed_at(editor: Person) -> None:
    answer = editor.post("/tokens", {"holder": "x", "scopes": ["write", "*:audit", "shop:fly"]})

    pointers = [error["pointer"] for error in answer.get_json()["errors"]]
    assert pointers == ["/scopes/0", "/scopes/2"]


def test_a_token_that_is_no_good_is_told_so(editor: Person) -> None:
    answer = editor.client.get("/v1/whoami", headers={"Authorization": "Bearer x"})

    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert "challenge" not in answer.get_json()
