"""Words in every single field of a draft, and a walk along every link of the public pages."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient

from policy_api.domain.entries.base import ENTRY_KINDS, kind_of, load_entry
from policy_api.errors import BadInput
from tests.access.people import Person, Someone
from tests.domain.examples import examples

CANARY: Final = "zeisig"
STARTS: Final = ("/docs", "/v1/openapi.json", "/v1/sites", "/v1/changes?after=0", "/healthz")
LINK: Final = re.compile(r'(?:href|src|url)"?\s*[=:]\s*"(/[^"]*)"|"(/v1/[^"{}<>]*)"')
LINKING: Final = re.compile(r"[/+](?:json|html|xml)$")
LONGEST_WALK: Final = 250

Place = tuple[str | int, ...]

pytestmark = pytest.mark.sqlite_only


def texts(value: object, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Yield every text in an entry with the place where it stands."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from texts(inner, (*place, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from texts(inner, (*place, index))


def replaced(entry: Any, place: Place, text: str) -> Any:  # noqa: ANN401 -- JSON
    """Return an entry with another text at a place."""
    changed = deepcopy(entry)
    inner = changed
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = text
    return changed


def ways(text: str) -> Iterator[str]:
    """Yield the ways in which a canary may sit in a field of some form."""
    yield f"{text} {CANARY}"
    yield f"{text}/{CANARY}"
    yield f"{CANARY}-{text}"
    yield CANARY
    yield f"{CANARY}@example.org"
    yield f"https://{CANARY}.example/"
    yield f"{CANARY}.example"


def with_canaries(path: str, entry: Any) -> tuple[Any, int]:  # noqa: ANN401 -- JSON
    """Return an entry with a canary in every field that takes one, and how many those are."""
    count = 0
    for place, text in texts(entry):
        for word in ways(text):
            changed = replaced(entry, place, word)
            try:
                load_entry(path, changed)
            except BadInput:
                continue
            entry, count = changed, count + 1
            break
    return entry, count


def walk(client: FlaskClient) -> dict[str, str]:
    """Follow every link from the public pages and return what was told at each address."""
    seen: dict[str, str] = {}
    ahead = deque([*STARTS, *described(client)])
    while ahead and len(seen) < LONGEST_WALK:
        path = ahead.popleft()
        if path in seen:
            continue
        answer = client.get(path, headers={"Host": "shop.example.org"})
        written = answer.get_data().decode(errors="replace")
        request_id = answer.headers.get("X-Request-Id", "-")
        seen[path] = f"{answer.status} {answer.headers} {written}".replace(request_id, "")
        if LINKING.search(answer.mimetype or ""):
            found = LINK.findall(written)
            ahead += [(one or other).replace("&amp;", "&") for one, other in found]
    return seen


def described(client: FlaskClient) -> Iterator[str]:
    """Yield the addresses of the OpenAPI document that need no token, filled in."""
    values = {"site": "shop", "policy": "privacy", "section": "welcome", "table": "services"}
    values |= {"version": "1", "named": "current", "form": "md"}
    for path, item in client.get("/v1/openapi.json").get_json()["paths"].items():
        if "get" in item and not item["get"].get("security"):
            yield re.sub(r"{(\w+)}", lambda part: values.get(part[1], "x"), path)


def fill(editor: Person) -> tuple[str, int, set[str]]:
    """Put canaries into a draft; return its address, how many, and the kinds of entries."""
    draft = editor.draft(CANARY)
    total, kinds = 0, set()
    for path, entry in examples().items():
        sung, count = with_canaries(path, entry)
        answer = editor.write(draft, path, sung)
        assert answer.status_code in {200, 201}, answer.text
        kind = kind_of(path)
        if count and kind is not None:
            kinds.add(kind.template)
        total += count
    return draft, total, kinds


def test_no_link_leads_to_a_word_of_a_draft(app: Flask, someone: Someone) -> None:
    editor = someone("*:*")
    client = app.test_client()
    before = walk(client)

    draft, count, kinds = fill(editor)
    refused = editor.post(f"{draft}/publish", {"summary": {"en": CANARY}, "title": {"en": CANARY}})
    after = walk(client)

    assert kinds == {kind.template for kind in ENTRY_KINDS}
    assert count > 120
    assert CANARY in editor.get(f"{draft}/entries/organization").text
    assert refused.status_code == 422
    assert len(after) > 60
    assert {path for path, answer in after.items() if CANARY in answer} == set()
    passing = {"/metrics", "/readyz"}
    assert {path: answer for path, answer in after.items() if path not in passing} == {
        path: answer for path, answer in before.items() if path not in passing
    }
