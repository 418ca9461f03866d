"""Many publishers at once, over HTTP, against several processes: one release, the others told.

Three rounds here; ``POLICY_API_TEST_RACES=50`` for the long form.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from policy_api import clock
from policy_api.access import queries
from policy_api.access.audit import first_broken, log_head
from policy_api.db.base import db
from policy_api.settings import Settings
from tests.access.people import DPO, SUMMARY, minted
from tests.access.server import Answered, Server, serving

PUBLISHERS = 8
ROUNDS = int(os.environ.get("POLICY_API_TEST_RACES", "3"))
CURRENT = "/sites/shop/policies/privacy"


def draft_with(server: Server, email: str) -> str:
    """Open a draft with an edit and return its address."""
    draft = server.ask("POST", "/drafts", {"title": email}).json["id"]
    path = f"/drafts/{draft}/entries/{DPO}"
    entry = {**server.ask("GET", path).json, "email": email}
    assert server.ask("PUT", path, entry, {"If-Match": "*"}).status == 200
    return f"/drafts/{draft}"


def at_once(calls: list[Callable[[], Answered]]) -> list[Answered]:
    """Make calls at the same moment."""
    start = threading.Barrier(len(calls))

    def one(call: Callable[[], Answered]) -> Answered:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def publishing(server: Server, draft: str, key: str | None = None) -> Callable[[], Answered]:
    headers = {} if key is None else {"Idempotency-Key": key}
    return lambda: server.ask("POST", f"{draft}/publish", SUMMARY, headers)


@pytest.fixture
def ada(app: Flask, ledger: None) -> str:
    return minted(app, "*:*", holder="Ada", now=clock.now())[0]


def numbers(server: Server, path: str = "/releases", name: str = "release") -> list[int]:
    """Return the numbers of all releases, or versions, newest first."""
    found: list[int] = []
    following = f"{path}?limit=100"
    while following:
        page = server.ask("GET", following).json
        found += [item[name] for item in page["items"]]
        following = (page["next"] or "").removeprefix("/v1")
    return found


def test_of_eight_who_publish_one_draft_one_succeeds(settings: Settings, ada: str) -> None:
    with serving(settings, ada) as server:
        for number in range(ROUNDS):
            draft = draft_with(server, f"same-{number}@example.org")

            answers = at_once([publishing(server, draft)] * PUBLISHERS)

            assert Counter(each.status for each in answers) == {201: 1, 409: PUBLISHERS - 1}
        assert numbers(server) == list(range(ROUNDS + 1, 0, -1))


def test_of_eight_drafts_on_one_release_one_is_published(
    app: Flask, settings: Settings, ada: str
) -> None:
    with serving(settings, ada) as server:
        for number in range(ROUNDS):
            drafts = [
                draft_with(server, f"{number}-{each}@example.org") for each in range(PUBLISHERS)
            ]

            answers = at_once([publishing(server, draft) for draft in drafts])

            assert Counter(each.status for each in answers) == {201: 1, 409: PUBLISHERS - 1}
        assert numbers(server) == list(range(ROUNDS + 1, 0, -1))
        assert numbers(server, f"{CURRENT}/versions", "version") == list(range(ROUNDS + 1, 0, -1))

    with app.app_context():
        session = db.session()
        assert first_broken(queries.whole_audit(session), head=log_head(session)) is None


def test_eight_times_the_same_request_is_one_request(settings: Settings, ada: str) -> None:
    with serving(settings, ada) as server:
        draft = draft_with(server, "once@example.org")

        answers = at_once([publishing(server, draft, "one")] * PUBLISHERS)

        assert {each.status for each in answers} == {201}
        assert len({each.body for each in answers}) == 1
        assert numbers(server) == [2, 1]


def test_of_eight_who_write_one_entry_one_succeeds(settings: Settings, ada: str) -> None:
    with serving(settings, ada) as server:
        draft = draft_with(server, "first@example.org")
        path = f"{draft}/entries/{DPO}"
        seen = server.ask("GET", path)

        def write(number: int) -> Callable[[], Answered]:
            body = {**seen.json, "phone": f"+49 {number}"}
            return lambda: server.ask("PUT", path, body, {"If-Match": seen.etag})

        answers = at_once([write(number) for number in range(1, PUBLISHERS + 1)])

        assert Counter(each.status for each in answers) == {200: 1, 412: PUBLISHERS - 1}
