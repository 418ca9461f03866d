"""An author brings the page there is today, mends the draft and publishes; nothing gets lost."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import pytest
import time_machine
from flask import Flask

from policy_api.domain.importing.page import Dropping
from policy_api.domain.importing.reading import read_page
from tests.access.people import Person, minted
from tests.importing.cms import CELLS, PAGE, SENTENCES
from tests.importing.pages import HTML, TEXT

OWN_PAGE: Final = "POLICY_API_TEST_PAGE"
"""Names a page of one's own, in HTML or plain text, to be brought in as well."""

EDITION: Final = "/v1/sites/main/policies/privacy"
AS_FACTS: Final = {
    "Subprocessor": "Recipient",
    "Data location and security": "Where data is processed",
    "Purpose of processing": "Purpose",
    "Lawful basis": "Legal basis",
    "Personal data collected by the third party": "Personal data",
    "Europe, France": "France",
    "USA": "United States",
    "Card number, name, and more.": "Card numbernameand more",
    "Email address, Nickname,": "Email addressNicknameMessages",
}
"""Cells of the plain page that come out in the program's own words for the same thing."""


class Seen(HTMLParser):
    """The words of a page as a reader sees them."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def seen(html: str) -> str:
    reader = Seen()
    reader.feed(html)
    return " ".join("".join(reader.words).split())


@pytest.fixture
def author(app: Flask, now: datetime) -> Iterator[Person]:
    """Yield an author where nothing is published yet."""
    with time_machine.travel(now, tick=False):
        token, token_id = minted(app, "*:*", holder="Ada", now=now)
        yield Person(client=app.test_client(), token=token, token_id=token_id)


def brought(author: Person, raw: bytes, kind: str) -> dict[str, Any]:
    answer = author.send(
        "POST",
        "/import/page?policy=privacy&organization=Allotments&hosts=allotment.example"
        "&base_url=https://allotment.example/privacy",
        data=raw,
        content_type=kind,
    )
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.get_json()
    return told


def published(author: Person, draft: str) -> None:
    """Publish; what the gate asks for and an import cannot know is set aside with a reason."""
    announcement: dict[str, Any] = {"summary": {"en": "Our page, with versions from now on."}}
    refused = author.post(f"{draft}/publish", announcement)
    assert refused.status_code == 422, refused.text
    reason = "As on the page today; mended in the next version."
    waivers = [{"rule": rule, "reason": reason} for rule in refused.get_json()["waivable"]]
    done = author.post(f"{draft}/publish", {**announcement, "waivers": waivers})
    assert done.status_code == 201, done.text


def mended(author: Person, told: dict[str, Any]) -> str:
    """Say what the page leaves out: the legal name, and a contact."""
    draft = f"/drafts/{told['draft']}"
    assert author.edit(draft, "organization", legal_name="Allotments e.V.").status_code == 200
    contact = {"role": "privacy", "name": "Privacy team", "email": "hello@allotment.example"}
    assert author.write(draft, "contacts/privacy", contact).status_code == 201
    return draft


def pages() -> Iterator[Any]:
    yield pytest.param(TEXT.encode(), "text/plain", id="plain text")
    yield pytest.param(HTML.encode(), "text/html", id="html")
    yield pytest.param(PAGE.encode("windows-1252"), "text/html", id="content system")
    own = os.environ.get(OWN_PAGE)
    if own:
        kind = "text/html" if own.endswith((".html", ".htm")) else "text/plain"
        yield pytest.param(Path(own).read_bytes(), kind, id="own page")


@pytest.mark.parametrize(("raw", "kind"), list(pages()))
def test_every_sentence_and_cell_of_a_page_is_served(author: Person, raw: bytes, kind: str) -> None:
    told = brought(author, raw, kind)

    published(author, mended(author, told))

    edition = author.client.get(f"{EDITION}?locale=en").get_json()
    count = read_page(raw, dropping=Dropping()).count(edition)
    assert count.missing == ()
    assert count.share == 100.0
    assert edition["version"] == 1


def test_what_was_written_down_by_hand_stands_on_the_page_that_is_served(author: Person) -> None:
    told = brought(author, PAGE.encode("windows-1252"), "text/html")

    published(author, mended(author, told))

    page = seen(author.client.get(f"{EDITION}.html?locale=en").text)
    assert [each for each in (*SENTENCES, *CELLS) if each not in page] == []


def test_every_line_of_a_plain_page_stands_on_the_page_that_is_served(author: Person) -> None:
    told = brought(author, TEXT.encode(), "text/plain")

    published(author, mended(author, told))

    page = seen(author.client.get(f"{EDITION}.html?locale=en").text).casefold()
    lines = [re.sub(r"^(?:•|\d\.) ", "", line) for line in TEXT.splitlines()]
    lost = [line for line in lines if AS_FACTS.get(line, line).rstrip(",").casefold() not in page]
    assert lost == []


def test_what_an_editor_takes_out_is_missed(author: Person) -> None:
    told = brought(author, TEXT.encode(), "text/plain")
    draft = mended(author, told)
    path = "policies/privacy/sections/who-we-are"
    blocks = author.get(f"{draft}/entries/{path}").get_json()["blocks"]
    author.edit(draft, path, blocks=[{**blocks[0], "markdown": "We are gardeners."}])

    published(author, draft)

    edition = author.client.get(f"{EDITION}?locale=en").get_json()
    missing = [each.text for each in read_page(TEXT.encode()).count(edition).missing]
    assert len(missing) == 3
    assert all(each in TEXT for each in missing)
