"""Every operation says who may use it; what says nothing is shut."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.routing import Rule

from policy_api.access.doors import ANYONE, Access, access_of
from policy_api.access.scopes import DRAFTING, Action
from policy_api.db.base import db
from tests.access.people import DPO, SUMMARY, Person, Someone

SAFE: Final = {"HEAD", "OPTIONS"}
VALUES: Final = {"site": "shop", "policy": "privacy", "path": "policies/privacy/locales/de/policy"}
TABLES: Final = ("draft", "draft_entry", "draft_review", "release", "token", "version")


def operations(app: Flask) -> Iterator[tuple[str, str, Access | None]]:
    """Yield method, address and what is needed, for every operation but the public ones."""
    for rule in app.url_map.iter_rules():
        needed = access_of(app, rule.endpoint)
        if needed is not ANYONE:
            for method in sorted((rule.methods or set()) - SAFE):
                yield method, address(app, rule), needed


def address(app: Flask, rule: Rule, **values: object) -> str:
    """Return an address of a rule; numbers are 1, keys are those of the small source."""
    known = {name: values.get(name, VALUES.get(name, 1)) for name in rule.arguments}
    return app.url_map.bind("localhost").build(rule.endpoint, known)


def allowed(needed: Access) -> set[Action]:
    """Return the actions that open an operation."""
    if not needed.actions:
        return set(Action)
    implied = DRAFTING if Action.READ_DRAFT in needed.actions else frozenset()
    return {*needed.actions, *implied}


def contents(app: Flask) -> dict[str, Any]:
    with app.app_context():
        session = db.session()
        return {name: session.execute(text(f"SELECT * FROM {name}")).all() for name in TABLES}  # noqa: S608 -- names of ours


@pytest.mark.sqlite_only
def test_every_operation_says_who_may_use_it(app: Flask) -> None:
    silent = [
        rule.endpoint for rule in app.url_map.iter_rules() if access_of(app, rule.endpoint) is None
    ]

    assert silent == []


@pytest.mark.sqlite_only
def test_an_operation_that_says_nothing_is_shut(editor: Person, app: Flask) -> None:
    def forgotten() -> str:
        return "secret"

    app.add_url_rule("/v1/forgotten", view_func=forgotten)

    answers = [app.test_client().get("/v1/forgotten"), editor.get("/forgotten")]

    assert access_of(app, "forgotten") is None
    assert [answer.status_code for answer in answers] == [401, 403]


@pytest.mark.sqlite_only
def test_without_a_token_every_managing_operation_is_shut(editor: Person, app: Flask) -> None:
    client = app.test_client()

    answers = {
        (method, path): client.open(path, method=method).status_code
        for method, path, _ in operations(app)
    }

    assert len(answers) > 25
    assert set(answers.values()) == {401}


@pytest.mark.sqlite_only
@pytest.mark.parametrize("action", Action)
def test_a_token_opens_what_its_action_is_for_and_nothing_else(
    someone: Someone, app: Flask, action: Action
) -> None:
    someone("*:write", holder="Bob").draft()
    ada = someone(f"*:{action}")

    found = {
        (method, path): ada.send(method, path.removeprefix("/v1"), json={}).status_code
        for method, path, _ in operations(app)
    }

    wrong = {
        (method, path, found[method, path])
        for method, path, needed in operations(app)
        if needed is not None and (found[method, path] == 403) != (action not in allowed(needed))
    }
    assert wrong == set()
    assert set(found.values()) & {401, 500, 503} == set()


def test_what_belongs_to_other_sites_cannot_be_told_from_what_is_not_there(
    someone: Someone, app: Flask
) -> None:
    ours = someone("forum:*", holder="Owner")
    draft = ours.draft()
    ours.edit(draft, "sites/forum", name="Other name")
    number = draft.rpartition("/")[2]
    theirs = someone("shop:*", holder="Stranger")
    rules = [rule for rule in app.url_map.iter_rules() if "draft_id" in rule.arguments]
    asked = [
        (method, address(app, rule, draft_id=int(number)), address(app, rule, draft_id=987654))
        for rule in rules
        for method in sorted((rule.methods or set()) - SAFE)
    ]
    theirs.get("/whoami")
    before = contents(app)

    told = [
        (method, foreign, send(theirs, method, foreign), send(theirs, method, nobodys))
        for method, foreign, nobodys in asked
    ]

    different = [
        (method, path, foreign, nobodys)
        for method, path, foreign, nobodys in told
        if foreign[0] != 404 or plain(foreign[1], number) != plain(nobodys[1], "987654")
    ]
    assert len(told) >= 15
    assert different == []
    assert contents(app) == before


def send(person: Person, method: str, path: str) -> tuple[int, str]:
    body = SUMMARY if path.endswith("/publish") else {}
    answer = person.send(method, path.removeprefix("/v1"), json=body)
    return answer.status_code, answer.text


def plain(told: str, *numbers: str) -> str:
    """Return an answer without the numbers it was asked about."""
    for number in numbers:
        told = told.replace(f"drafts/{number}/", "drafts/N/").replace(
            f"draft {number}.", "draft N."
        )
        told = told.replace(f'drafts/{number}"', 'drafts/N"')
    return told


def test_lists_show_only_what_belongs_to_the_own_sites(someone: Someone) -> None:
    forum, shop, root = someone("forum:*"), someone("shop:*"), someone("main:*")
    forum.draft("Of the forum")
    shop.draft("Of the shop")
    someone("*:*").draft("Of all")

    titles = {
        name: [draft["title"] for draft in person.get("/drafts").get_json()["items"]]
        for name, person in {"forum": forum, "shop": shop, "root": root}.items()
    }

    assert titles["forum"] == ["Of the forum"]
    assert titles["shop"] == ["Of the shop"]
    assert titles["root"] == ["Of the shop", "Of the forum"]
    assert {row["site"] for row in shop.get("/audit").get_json()["items"]} == {"shop"}


def test_a_draft_of_one_site_touches_nothing_beyond_it(someone: Someone) -> None:
    shop = someone("shop:*")
    draft = shop.draft()
    site = shop.get(f"{draft}/entries/sites/shop").get_json()
    ops = {"ops": [{"op": "set_var", "name": "site.motto", "value": "x"}]}

    answers = {
        "own": shop.edit(draft, "sites/shop", name="Shop!"),
        "own overlay": shop.write(draft, "policies/privacy/overlays/shop", ops),
        "new below": shop.write(draft, "sites/outlet", {**site, "hosts": [], "base": "shop"}),
        "shared": shop.edit(draft, DPO, email="x@example.org"),
        "foreign": shop.write(draft, "sites/forum", site),
        "foreign overlay": shop.write(draft, "policies/privacy/overlays/forum", ops),
        "new elsewhere": shop.write(draft, "sites/club", {**site, "hosts": [], "base": "forum"}),
        "moved away": shop.edit(draft, "sites/shop", base="forum"),
    }

    assert {name: answer.status_code for name, answer in answers.items()} == {
        "own": 200,
        "own overlay": 201,
        "new below": 201,
        "shared": 403,
        "foreign": 404,
        "foreign overlay": 404,
        "new elsewhere": 404,
        "moved away": 403,
    }


def test_a_site_cannot_be_pulled_over_by_giving_it_another_base(someone: Someone) -> None:
    everything = someone("*:*")
    theirs = everything.draft(site="shop")

    pulled = everything.edit(theirs, "sites/forum", base="shop")

    assert pulled.status_code == 404


def test_a_translator_only_translates(someone: Someone) -> None:
    translator = someone("*:translate")
    draft = translator.draft()
    path = "policies/privacy/locales/de/sections/contact"

    translated = translator.write(draft, path, {"units": {"heading": "Kontakt"}})
    rewritten = translator.edit(draft, DPO, email="x@example.org")

    assert (translated.status_code, rewritten.status_code) == (201, 403)
    assert translated.get_json()["units"]["heading"]["source_hash"].startswith("sha256:")
    assert translator.post(f"{draft}/publish", SUMMARY).status_code == 403
