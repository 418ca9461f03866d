"""Requests that are sent again: done once, answered each time, also after a crash."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from datetime import timedelta
from http.client import HTTPException

import pytest
import time_machine
from flask import Flask

from policy_api import clock
from policy_api.access.idempotency import KEPT_FOR
from policy_api.settings import Settings
from tests.access.people import DPO, SUMMARY, Person, minted
from tests.access.server import Server, serving

KEY = {"Idempotency-Key": "7c9e6679"}


@pytest.fixture
def draft(editor: Person) -> str:
    opened = editor.draft()
    editor.edit(opened, email="new@example.org")
    return opened


def test_a_release_is_made_once_however_often_it_is_asked_for(editor: Person, draft: str) -> None:
    answers = [editor.post(f"{draft}/publish", SUMMARY, headers=KEY) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.data for answer in answers}) == 1
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert len(editor.get("/releases").get_json()["items"]) == 2


def test_a_draft_is_opened_once(editor: Person) -> None:
    answers = [editor.post("/drafts", {"title": "x"}, headers=KEY) for _ in range(2)]

    assert answers[0].data == answers[1].data
    assert answers[0].headers["ETag"] == answers[1].headers["ETag"]
    assert len(editor.get("/drafts").get_json()["items"]) == 1


def test_another_request_under_the_same_key_is_refused(editor: Person, draft: str) -> None:
    editor.post(f"{draft}/publish", SUMMARY, headers=KEY)

    body = editor.post(f"{draft}/publish", {"summary": {"en": "Other."}}, headers=KEY)
    place = editor.post("/drafts", {"title": "x"}, headers=KEY)

    assert (body.status_code, place.status_code) == (422, 422)
    assert body.get_json()["type"].endswith(":idempotency-key-reused")


def test_a_refusal_is_not_remembered(editor: Person, draft: str) -> None:
    bad = editor.post(f"{draft}/publish", {"summary": {}}, headers=KEY)
    good = editor.post(f"{draft}/publish", SUMMARY, headers=KEY)

    assert (bad.status_code, good.status_code) == (422, 201)


def test_keys_of_two_tokens_are_two_keys(editor: Person, app: Flask) -> None:
    written, token_id = minted(app, "*:*", holder="Bob", now=clock.now())
    bob = Person(client=editor.client, token=written, token_id=token_id)

    made = [each.post("/drafts", {"title": "x"}, headers=KEY).get_json() for each in (editor, bob)]

    assert [draft["created_by"] for draft in made] == ["Ada", "Bob"]


def test_a_key_is_forgotten_after_a_week(editor: Person) -> None:
    first = editor.post("/drafts", {"title": "x"}, headers=KEY).get_json()

    with time_machine.travel(clock.now() + KEPT_FOR + timedelta(seconds=1), tick=False):
        later = editor.post("/drafts", {"title": "x"}, headers=KEY).get_json()

    assert later["id"] != first["id"]


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "a\tb", "ä"])
def test_a_key_that_is_none_is_refused(editor: Person, key: str) -> None:
    answer = editor.post("/drafts", {"title": "x"}, headers={"Idempotency-Key": key})

    assert answer.status_code == 422


# With the program as it is really run


def prepare(server: Server, email: str) -> str:
    """Open a draft with an edit and return its address."""
    draft = server.ask("POST", "/drafts", {"title": email}).json["id"]
    path = f"/drafts/{draft}/entries/{DPO}"
    entry = {**server.ask("GET", path).json, "email": email}
    assert server.ask("PUT", path, entry, {"If-Match": "*"}).status == 200
    return f"/drafts/{draft}"


@pytest.mark.parametrize("delay", [0.0, 0.03, 0.1])
def test_after_a_crash_the_same_request_gives_one_release(
    app: Flask, settings: Settings, ledger: None, delay: float
) -> None:
    written, _ = minted(app, "*:*", holder="Ada", now=clock.now())
    with serving(settings, written, workers=1) as server:
        draft = prepare(server, "new@example.org")

        def publish() -> None:
            with suppress(OSError, HTTPException):
                server.ask("POST", f"{draft}/publish", SUMMARY, KEY)

        sender = threading.Thread(target=publish)
        sender.start()
        time.sleep(delay)
        server.kill()
        sender.join()

    with serving(settings, written, workers=1) as server:
        again = server.ask("POST", f"{draft}/publish", SUMMARY, KEY)
        once_more = server.ask("POST", f"{draft}/publish", SUMMARY, KEY)
        made = server.ask("GET", "/releases").json["items"]

    assert (again.status, again.body) == (201, once_more.body)
    assert [release["release"] for release in made] == [2, 1]
