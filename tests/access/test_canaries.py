"""What is not published is nowhere to be seen: drafts leave no trace on any public address."""

from __future__ import annotations

import io
import itertools
import logging
from collections.abc import Iterator
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from policy_api.access.doors import ANYONE, access_of
from policy_api.db.base import db
from policy_api.logs import JsonFormatter
from tests.access.people import Person, Someone
from tests.domain.sources import row

CANARY: Final = "kanarienvogel"
VALUES: Final = {
    "site": ("main", "shop", "forum", CANARY),
    "policy": ("privacy", CANARY),
    "section": ("welcome", "recipients", CANARY),
    "table": ("services", CANARY),
    "form": ("json", "md", "jsonld"),
    "version": ("1", "2", "current", "upcoming"),
    "named": ("1", "2", "current", "upcoming"),
}
QUERIES: Final = {
    "get_diff": "?from=1&to=1",
    "get_status": "?seen=0",
    "resolve_host": "?host=shop.example.org",
    "list_events": "?after=0",
}
"""Operation → a query that it needs or takes; the others are asked in German too."""

CHANGING: Final = {"/metrics"}
"""Tells how many requests there were, and so changes with every one."""


def addresses(app: Flask) -> Iterator[str]:
    """Yield the public addresses: every rule, with every value that may stand in it."""
    bound = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if access_of(app, rule.endpoint) is not ANYONE or "GET" not in (rule.methods or ()):
            continue
        names = sorted(rule.arguments)
        for values in itertools.product(*(VALUES.get(name, ("x",)) for name in names)):
            path = bound.build(rule.endpoint, dict(zip(names, values, strict=True)))
            operation = rule.endpoint.rpartition(".")[2].removesuffix("_of_this_host")
            yield path
            yield path + QUERIES.get(operation, "?locale=de")


def crawl(app: Flask, reader: FlaskClient) -> dict[tuple[str, str], TestResponse]:
    """Ask every public address in every way."""
    hosts = {"Host": "shop.example.org"}
    return {
        (method, path): reader.open(path, method=method, headers=hosts)
        for path in addresses(app)
        for method in ("GET", "HEAD", "OPTIONS")
    }


def told(answer: TestResponse) -> str:
    return f"{answer.status} {answer.headers} {answer.get_data(as_text=True)}"


def comparable(answers: dict[tuple[str, str], TestResponse]) -> dict[tuple[str, str], str]:
    """Return the answers without what differs each time."""
    return {
        asked: told(answer).replace(answer.headers.get("X-Request-Id", "-"), "")
        for asked, answer in answers.items()
        if asked[1].partition("?")[0] not in CHANGING
    }


def fill(editor: Person, reviewer: Person) -> str:
    """Put a canary into every field of a draft that takes words."""
    draft = editor.draft(CANARY)
    path = "policies/privacy"
    table = editor.get(f"{draft}/entries/{path}/tables/services").get_json()
    policy = editor.get(f"{draft}/entries/{path}").get_json()
    heading = {"heading": {"text": f"{CANARY} de"}}
    block = {"key": CANARY, "kind": "text", "markdown": f"The *{CANARY}*."}
    entries = {
        "organization": {"name": CANARY, "source_locale": "en"},
        f"sites/{CANARY}": {"name": CANARY, "hosts": [f"{CANARY}.example"], "locales": ["en"]},
        f"contacts/{CANARY}": {"role": "privacy", "email": f"{CANARY}@example.org"},
        f"recipients/{CANARY}": {"name": CANARY, "country": "FR", "role": "dpv:ThirdParty"},
        f"categories/{CANARY}": {"label": CANARY},
        path: {**policy, "title": CANARY, "sections": [*policy["sections"], CANARY]},
        f"{path}/sections/{CANARY}": {"heading": CANARY, "blocks": [block]},
        f"{path}/tables/services": {
            **table,
            "rows": [*table["rows"], row(CANARY, CANARY, ["*"], purpose=CANARY, retention=CANARY)],
        },
        f"{path}/locales/de/sections/{CANARY}": {"units": heading},
        f"{path}/overlays/shop": {
            "ops": [{"op": "hide", "target": "sections/contact", "reason": CANARY}]
        },
    }
    for at, entry in entries.items():
        answer = editor.write(draft, at, entry)
        assert answer.status_code in {200, 201}, answer.text
    editor.post(f"{draft}/submit", {"comment": CANARY})
    reviewer.post(f"{draft}/reject", {"comment": CANARY})
    return draft


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Collect everything that is logged, as it is written."""
    written = io.StringIO()
    sink = logging.StreamHandler(written)
    sink.setFormatter(JsonFormatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(sink)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(sink)
    root.setLevel(level)


@pytest.mark.sqlite_only
def test_a_draft_leaves_no_trace_on_any_public_address(
    app: Flask, someone: Someone, log: io.StringIO
) -> None:
    editor, reviewer = someone("*:*"), someone("*:review", holder=f"Bob {CANARY}")
    reader = app.test_client()
    before = comparable(crawl(app, reader))

    draft = fill(editor, reviewer)
    seen = [
        editor.get(f"{draft}/{view}")
        for view in ("diff", "lint", f"preview/{CANARY}/privacy", "preview/shop/privacy.html")
    ]
    refused = editor.post(f"{draft}/publish", {"summary": {"en": CANARY}})
    after = crawl(app, reader)

    assert [answer.status_code for answer in seen] == [200] * 4
    assert all(CANARY in answer.text for answer in seen)
    assert refused.status_code == 422
    asked = {(method, path): told(answer) for (method, path), answer in after.items()}
    leaks = [key for key, answer in asked.items() if CANARY in answer and CANARY not in key[1]]
    assert len(asked) > 500
    assert leaks == []
    assert comparable(after) == before
    assert CANARY not in log.getvalue()


def test_a_draft_leaves_no_trace_in_what_is_kept_for_the_public(
    app: Flask, someone: Someone
) -> None:
    fill(someone("*:*"), someone("*:review", holder="Bob"))

    with app.app_context():
        session = db.session()
        kept = [
            repr(session.execute(text(f"SELECT * FROM {table}")).all())  # noqa: S608 -- ours
            for table in (
                "event",
                "scheduled_event",
                "release",
                "version",
                "directory",
                "unit_change",
            )
        ]

    assert [words for words in kept if CANARY in words] == []


def test_what_was_hidden_is_there_once_it_is_published(app: Flask, someone: Someone) -> None:
    editor, reviewer = someone("*:*"), someone("*:review", holder="Bob")
    draft = fill(editor, reviewer)
    refused = editor.post(f"{draft}/publish", {"summary": {"en": CANARY}}).get_json()
    waivers = [{"rule": rule, "reason": "For this test."} for rule in refused["waivable"]]

    done = editor.post(
        f"{draft}/publish", {"summary": {"en": CANARY}, "waivers": waivers, "effective_at": None}
    )

    assert done.status_code == 201, done.text
    assert CANARY in app.test_client().get("/v1/changes").text


def test_answers_about_drafts_are_kept_by_nobody(editor: Person) -> None:
    draft = editor.draft()
    paths = (draft, f"{draft}/diff", f"{draft}/preview/shop/privacy.html", "/drafts", "/drafts/99")

    answers = [editor.get(path) for path in paths]

    assert ["no-store" in answer.headers["Cache-Control"] for answer in answers] == [True] * 5
    assert [answer.headers.get("Access-Control-Allow-Origin") for answer in answers] == [None] * 5
