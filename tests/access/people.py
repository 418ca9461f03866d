"""People with tokens, on an application that has published the small source."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from policy_api import clock
from policy_api.access import service
from policy_api.access.principal import Actor
from policy_api.access.scopes import parse_scopes
from policy_api.db.tx import writing
from policy_api.domain.content.source import Source
from policy_api.domain.planning.release import Announcement
from policy_api.domain.proof.signing import Signer
from policy_api.ledger import queries
from policy_api.publishing.service import Publisher, publish
from policy_api.settings import Profile, Settings
from tests.domain.sources import source

ROOT = Actor(name="root")
DPO = "contacts/dpo"
SUMMARY = {"summary": {"en": "Something changed."}}


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with a token."""

    client: FlaskClient
    token: str
    token_id: str

    def send(self, method: str, path: str, **more: Any) -> TestResponse:  # noqa: ANN401
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        return self.client.open(f"/v1{path}", method=method, headers=headers, **more)

    def get(self, path: str, **more: Any) -> TestResponse:  # noqa: ANN401
        return self.send("GET", path, **more)

    def post(self, path: str, json: object = None, **more: Any) -> TestResponse:  # noqa: ANN401
        return self.send("POST", path, json=json if json is not None else {}, **more)

    def put(self, path: str, json: object, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send("PUT", path, json=json, headers=named)

    def delete(self, path: str, **more: Any) -> TestResponse:  # noqa: ANN401
        return self.send("DELETE", path, **more)

    def draft(self, title: str = "Spring cleaning", **more: object) -> str:
        """Open a draft and return its address below ``/v1``."""
        answer = self.post("/drafts", {"title": title, **more})
        assert answer.status_code == 201, answer.text
        return str(answer.headers["Location"]).removeprefix("/v1")

    def write(self, draft: str, path: str, entry: object) -> TestResponse:
        """Write an entry from whatever is there."""
        there = self.get(f"{draft}/entries/{path}")
        if there.status_code == 404:
            return self.put(f"{draft}/entries/{path}", entry, If_None_Match="*")
        return self.put(f"{draft}/entries/{path}", entry, If_Match=there.headers["ETag"])

    def edit(self, draft: str, path: str = DPO, **fields: object) -> TestResponse:
        """Change fields of an entry."""
        return self.write(draft, path, {**self.get(f"{draft}/entries/{path}").get_json(), **fields})


class Someone(Protocol):
    """Gives a token to somebody."""

    def __call__(self, *scopes: str, holder: str = "Ada") -> Person:
        """Return somebody who may do what the scopes say."""
        ...


@pytest.fixture
def releases(app: Flask, settings: Settings, now: datetime) -> Iterator[Callable[[Source], int]]:
    """Stop the clock and yield a function that publishes a source without the API."""
    with time_machine.travel(now, tick=False):
        yield lambda wanted: published(app, settings, wanted, now=now)


def published(app: Flask, settings: Settings, wanted: Source, *, now: datetime) -> int:
    publisher = Publisher(actor="x", signer=Signer.load(settings.signing_key_file))
    with app.app_context(), writing() as session:
        done = publish(
            session,
            source=wanted,
            base=queries.head_number(session),
            announcement=Announcement(summary={"en": "First."}),
            publisher=publisher,
            now=now,
        )
    return done.release


@pytest.fixture
def ledger(app: Flask, settings: Settings) -> None:
    """Publish the first release by the real clock, which is the one that servers have."""
    published(app, settings, source(), now=clock.now())


@pytest.fixture
def someone(app: Flask, releases: Callable[[Source], int], now: datetime) -> Someone:
    """Return a function that gives tokens, on an application with one release."""
    releases(source())

    def given(*scopes: str, holder: str = "Ada") -> Person:
        written, token_id = minted(app, *scopes, holder=holder, now=now)
        return Person(client=app.test_client(), token=written, token_id=token_id)

    return given


def minted(app: Flask, *scopes: str, holder: str, now: datetime) -> tuple[str, str]:
    with app.app_context(), writing() as session:
        written, row = service.mint(
            session,
            holder=holder,
            scopes=parse_scopes(scopes),
            days=90,
            profile=Profile.TESTING,
            by=ROOT,
            now=now,
        )
    return written, row.id


@pytest.fixture
def editor(someone: Someone) -> Person:
    """Return somebody who may do everything."""
    return someone("*:*")


__all__ = ["DPO", "ROOT", "SUMMARY", "Person", "Someone", "editor", "ledger", "releases", "someone"]
