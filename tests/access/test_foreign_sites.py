"""A token of one site, and everything that belongs to another one: as if it were not there.

The operations are taken from the application's own addresses. An address with a new kind of part
fails here until somebody says what of it belongs to a site.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest
from flask import Flask
from sqlalchemy import select

from policy_api.access.doors import ANYONE, Access, access_of
from policy_api.access.scopes import DRAFTING, Action
from policy_api.db.base import db
from tests.access.people import SUMMARY, Person, Someone

SAFE: Final = {"HEAD", "OPTIONS"}
PASSING: Final = {"X-Request-Id", "Date", "Content-Length"}
"""Headers that differ with each request, or with the length of a name."""

MARK: Final = "eisvogel"
"""Stands in everything that the other site's people made and did not publish."""

NOBODYS: Final = {
    "draft_id": 987654,
    "release": 987654,
    "token_id": "aaaaaaaaaaaa",
    "webhook_id": "ep_aaaaaaaaaaaaaaaa",
}
"""Part of an address that belongs to a site → one that was never given."""

BELOW: Final = {
    "site": "forum",
    "policy": "privacy",
    "path": "policies/privacy/locales/de/overlays/forum",
    "delivery_id": "aaaaaaaaaaaaaaaa",
}
"""Part that only means something below one of those."""

BODIES: Final[dict[str, object]] = {
    "publish_draft": SUMMARY,
    "change_webhook": {"description": "Mine now."},
    "replay_webhook": {"since_sequence": 1},
    "put_entry": {"units": {"heading": "Meins"}},
}


@dataclass(frozen=True, kw_only=True)
class Operation:
    """An operation that a token opens."""

    method: str
    endpoint: str
    arguments: frozenset[str]
    needed: Access

    @property
    def name(self) -> str:
        return self.endpoint.rpartition(".")[2]

    def is_for(self, action: Action) -> bool:
        """Tell whether an action opens it on its own sites."""
        implied = DRAFTING if Action.READ_DRAFT in self.needed.actions else frozenset()
        return not self.needed.actions or action in {*self.needed.actions, *implied}


def operations(app: Flask) -> Iterator[Operation]:
    for rule in app.url_map.iter_rules():
        needed = access_of(app, rule.endpoint)
        if needed is None or needed is ANYONE:
            continue
        for method in sorted((rule.methods or set()) - SAFE):
            yield Operation(
                method=method,
                endpoint=rule.endpoint,
                arguments=frozenset(rule.arguments),
                needed=needed,
            )


@pytest.fixture
def foreign(someone: Someone) -> dict[str, Any]:
    """Let another site's people work, and return the names of what they made."""
    owner = someone("forum:*", holder=f"Owner {MARK}")
    shown = owner.draft("To be published")
    ops = [{"op": "override", "target": "sections/welcome", "field": "heading", "value": "Hi"}]
    written = owner.write(shown, "policies/privacy/overlays/forum", {"ops": ops})
    assert written.status_code == 201, written.text
    release = owner.post(f"{shown}/publish", SUMMARY)
    assert release.status_code == 201, release.text
    hidden = owner.draft(MARK)
    owner.edit(hidden, "sites/forum", name=MARK)
    hook = {"url": f"https://{MARK}.example.org/x", "filter": {"sites": ["forum"]}}
    made = owner.post("/webhooks", {**hook, "description": MARK})
    assert made.status_code == 201, made.text
    return {
        "draft_id": int(hidden.rpartition("/")[2]),
        "release": release.get_json()["release"],
        "token_id": owner.token_id,
        "webhook_id": made.get_json()["id"],
    }


def ask(app: Flask, person: Person, operation: Operation, names: dict[str, Any]) -> str:
    """Send a request and return all of the answer that could tell something."""
    known = {name: {**BELOW, **names}[name] for name in operation.arguments}
    path = app.url_map.bind("localhost").build(operation.endpoint, known, method=operation.method)
    body = BODIES.get(operation.name, {})
    json = None if operation.method in {"GET", "DELETE"} else body
    conditions = {"If-Match": "*"} if operation.name in {"put_entry", "delete_entry"} else {}
    answer = person.send(operation.method, path.removeprefix("/v1"), json=json, headers=conditions)
    headers = sorted((name, value) for name, value in answer.headers if name not in PASSING)
    told = f"{answer.status_code} {headers} {answer.text}"
    named = "|".join(re.escape(str(name)) for name in names.values())
    return re.sub(rf"(?<=[/ ])(?:{named})(?=[/. \"])", "NAME", told) if named else told


def contents(app: Flask) -> dict[str, Any]:
    """Return every row of every table."""
    with app.app_context():
        session = db.session()
        return {
            table.name: sorted(map(repr, session.execute(select(table)).all()))
            for table in db.metadata.sorted_tables
        }


@pytest.mark.sqlite_only
def test_every_part_of_an_address_is_known_to_belong_to_a_site_or_not(app: Flask) -> None:
    parts = {name for operation in operations(app) for name in operation.arguments}

    assert parts == {*NOBODYS, *BELOW}


@pytest.mark.parametrize("action", [*Action, None], ids=str)
def test_what_another_site_has_cannot_be_told_from_what_nobody_has(
    someone: Someone, app: Flask, foreign: dict[str, Any], action: Action | None
) -> None:
    stranger = someone("shop:*" if action is None else f"shop:{action}", holder="Stranger")
    stranger.get("/whoami")
    named = [each for each in operations(app) if each.arguments & NOBODYS.keys()]
    before = contents(app)

    answers = [
        (each, ask(app, stranger, each, foreign), ask(app, stranger, each, NOBODYS))
        for each in named
    ]

    wrong = [
        (each.method, each.endpoint, theirs, nobodys)
        for each, theirs, nobodys in answers
        if theirs != nobodys
        or theirs[:3] != ("404" if action is None or each.is_for(action) else "403")
    ]
    assert len(named) > 25
    assert wrong == []
    assert contents(app) == before


def test_no_list_shows_what_another_site_has(
    someone: Someone, app: Flask, foreign: dict[str, Any]
) -> None:
    stranger = someone("shop:*", holder="Stranger")
    lists = [each for each in operations(app) if each.method == "GET" and not each.arguments]

    answers = {each.name: ask(app, stranger, each, {}) for each in lists}

    assert {"list_drafts", "list_releases", "list_tokens", "list_audit", "list_webhooks"} <= set(
        answers
    )
    secret = {MARK, foreign["token_id"], foreign["webhook_id"]}
    assert {name: each for name, each in answers.items() if any(s in each for s in secret)} == {}


def test_a_query_that_names_another_sites_draft_finds_none(
    someone: Someone, app: Flask, foreign: dict[str, Any]
) -> None:
    stranger = someone("shop:*", holder="Stranger")
    paths = app.test_client().get("/v1/openapi.json").get_json()["paths"]
    naming = [
        (method.upper(), path)
        for path, item in paths.items()
        for method, operation in item.items()
        if method != "parameters"
        and any(each.get("name") == "draft" for each in operation.get("parameters", []))
    ]

    told = {
        (method, path, number): stranger.send(
            method,
            f"{path.removeprefix('/v1')}?policy=privacy&locale=de&draft={number}",
            data=SENT[path][1] if method == "POST" else None,
            content_type=SENT[path][0] if method == "POST" else None,
        )
        for method, path in naming
        for number in (foreign["draft_id"], NOBODYS["draft_id"])
    }

    assert len(naming) >= 3
    assert {key: each.status_code for key, each in told.items() if each.status_code != 404} == {}
    details = {each.get_json()["detail"] for each in told.values()}
    assert details == {f"There is no draft {n}." for n in (foreign["draft_id"], 987654)}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/drafts", {"title": "x", "site": "SITE"}),
        ("/tokens", {"holder": "x", "scopes": ["SITE:write"]}),
        ("/webhooks", {"url": "https://x.example.org/", "filter": {"sites": ["SITE"]}}),
    ],
)
def test_naming_another_site_is_like_naming_none(
    someone: Someone, path: str, body: dict[str, Any]
) -> None:
    stranger = someone("shop:*", holder="Stranger")

    answers = []
    for site in ("forum", "nowhere"):
        sent = repr(body).replace("SITE", site)
        answer = stranger.send(
            "POST", path, data=sent.replace("'", '"'), content_type="application/json"
        )
        answers.append((answer.status_code, answer.text.replace(site, "SITE")))

    assert answers[0] == answers[1]
    assert answers[0][0] in {403, 404}


PO: Final = b"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: de\\n"

msgctxt "policies/privacy/sections/welcome/heading"
msgid "Welcome"
msgstr "Hallo"
"""

SENT: Final = {
    "/v1/import/translations": ("text/x-gettext-translation", PO),
    "/v1/import/page": ("text/html", b"<h1>Privacy</h1><h2>Welcome</h2><p>We keep little.</p>"),
    "/v1/import/recipients": ("text/csv", b"name,country,purpose\nPost Ltd,DE,Sends parcels\n"),
}
"""Address whose query names a draft → a body that it takes."""
