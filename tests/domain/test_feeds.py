"""Feeds are well-formed, stable, and carry the proof of what they tell."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import defusedxml.ElementTree
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_api.domain.rendering.change_words import change_line
from policy_api.domain.rendering.feeds import ATOM, HISTORY, OWN, Feed, FeedEntry, atom, json_feed
from tests.domain.hostile import LINES
from tests.domain.parsed import elements, pieces, text_of

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ADDED: dict[str, object] = {
    "path": "tables/services/rows/payments",
    "op": "added",
    "type": "recipient.added",
    "from": None,
    "to": {"key": "payments", "recipient": {"key": "paypal", "name": "PayPal <b>"}},
    "members": {"added": [], "removed": []},
    "significance": "material",
    "origin": "base",
}
MOVED: dict[str, object] = ADDED | {
    "path": "tables/services/rows/live-chat/locations",
    "op": "changed",
    "type": "recipient.location_changed",
    "from": [{"country": "DE", "label": "Germany"}],
    "to": [{"country": "FR", "label": "France"}],
}
NEWEST = FeedEntry(
    version=4,
    title="Eine Zahlung",
    summary="PayPal nimmt Zahlungen entgegen.",
    locale="de",
    significance="material",
    published_at="2026-03-10T08:00:00Z",
    effective_at="2026-04-09T00:00:00Z",
    changes=(ADDED, MOVED),
    digest="sha256:" + "ab" * 32,
    chain_head="sha256:" + "cd" * 32,
    href="/v1/sites/shop/policies/privacy/versions/4.html?locale=de",
)
OLDER = replace(
    NEWEST, version=3, title=None, summary=None, changes=(), href="/3", significance="editorial"
)
FEED = Feed(
    site="shop",
    policy="privacy",
    title="Datenschutzerklärung · Shop",
    locale="de",
    author="Example & friends",
    updated_at="2026-03-10T08:00:00Z",
    entries=(NEWEST, OLDER),
    self_href="/v1/sites/shop/policies/privacy/feed.atom",
    html_href="/v1/sites/shop/policies/privacy.html",
    previous_href="/v1/sites/shop/policies/privacy/feed.atom?before=3",
)


def read(text: str) -> ET.Element:
    root: ET.Element = defusedxml.ElementTree.fromstring(text.encode())
    return root


def value(parent: ET.Element, name: str, namespace: str = ATOM) -> str | None:
    return parent.findtext(f"{{{namespace}}}{name}")


def links(parent: ET.Element) -> dict[str | None, str | None]:
    return {each.get("rel"): each.get("href") for each in parent.findall(f"{{{ATOM}}}link")}


def test_atom_has_everything_that_rfc_4287_asks_for() -> None:
    root = read(atom(FEED))

    entries = root.findall(f"{{{ATOM}}}entry")
    assert root.tag == f"{{{ATOM}}}feed"
    assert root.get(LANG) == "de"
    assert value(root, "id") == "urn:policy-api:shop:privacy"
    assert value(root, "updated") == "2026-03-10T08:00:00Z"
    assert root.findtext(f"{{{ATOM}}}author/{{{ATOM}}}name") == "Example & friends"
    assert links(root)["self"] == FEED.self_href
    for entry in entries:
        assert all(value(entry, name) for name in ("id", "title", "updated", "content"))


def test_ids_are_the_same_in_both_formats_and_name_site_policy_and_version() -> None:
    entries = read(atom(FEED)).findall(f"{{{ATOM}}}entry")
    items = json_feed(FEED)["items"]

    names = ["urn:policy-api:shop:privacy:4", "urn:policy-api:shop:privacy:3"]
    assert [value(entry, "id") for entry in entries] == names
    assert [item["id"] for item in items] == names


def test_each_entry_is_a_witness() -> None:
    entry = read(atom(FEED)).findall(f"{{{ATOM}}}entry")[0]
    item = json_feed(FEED)["items"][0]

    assert value(entry, "digest", OWN) == item["_policy"]["digest"] == NEWEST.digest
    assert value(entry, "chain-head", OWN) == item["_policy"]["chain_head"] == NEWEST.chain_head
    assert value(entry, "effective-at", OWN) == item["_policy"]["effective_at"]
    assert item["_policy"]["changes"] == [ADDED, MOVED]


def test_the_content_tells_the_changes_in_words() -> None:
    item = json_feed(FEED)["items"][0]

    root = pieces(item["content_html"])
    summary, facts = (text_of(each) for each in root.iter("p"))
    assert summary == "PayPal nimmt Zahlungen entgegen."
    assert facts.endswith(" · In Kraft ab 9. April 2026")
    assert [text_of(each).split(": ", 1)[1] for each in root.iter("li")] == [
        "PayPal <b>",
        "Germany → France",
    ]


def test_an_entry_without_a_title_is_called_by_its_number() -> None:
    entry = read(atom(FEED)).findall(f"{{{ATOM}}}entry")[1]

    assert value(entry, "title") == "Version 3"
    assert value(entry, "summary") is None


def test_texts_in_another_language_say_so() -> None:
    entry = replace(NEWEST, locale="ar", title="دفع", summary="دفع")
    feed = replace(FEED, entries=(entry,))

    found = read(atom(feed)).findall(f"{{{ATOM}}}entry")[0]
    item = json_feed(feed)["items"][0]

    title = found.find(f"{{{ATOM}}}title")
    assert title is not None
    assert title.get(LANG) == item["language"] == "ar"
    assert '<p lang="ar" dir="rtl">' in item["content_html"]


def test_archives_are_linked_and_marked_as_rfc_5005_says() -> None:
    archive = replace(
        FEED, is_archive=True, current_href="/now", next_href="/newer", previous_href="/older"
    )

    current, old = read(atom(FEED)), read(atom(archive))

    assert links(current)["prev-archive"] == FEED.previous_href
    assert current.find(f"{{{HISTORY}}}archive") is None
    assert old.find(f"{{{HISTORY}}}archive") is not None
    assert {links(old)[name] for name in ("current", "prev-archive", "next-archive")} == {
        "/now",
        "/older",
        "/newer",
    }
    assert value(old, "id") == value(current, "id")


def test_json_feed_is_version_1_1_and_pages_backwards() -> None:
    made = json_feed(FEED)

    assert made["version"] == "https://jsonfeed.org/version/1.1"
    assert made["next_url"] == FEED.previous_href
    assert made["feed_url"] == FEED.self_href
    assert json.loads(json.dumps(made)) == made
    assert all({"id", "url", "content_html", "date_published"} <= set(i) for i in made["items"])


def test_a_base_address_makes_every_link_absolute() -> None:
    feed = replace(FEED, base_url="https://legal.example.org")

    root, made = read(atom(feed)), json_feed(feed)

    hrefs = [each.get("href") or "" for each in root.iter(f"{{{ATOM}}}link")]
    assert all(href.startswith("https://legal.example.org/") for href in hrefs)
    assert made["items"][0]["url"].startswith("https://legal.example.org/")


def test_a_withdrawal_updates_the_entry_without_renaming_it() -> None:
    entry = replace(NEWEST, updated_at="2026-03-12T00:00:00Z")

    found = read(atom(replace(FEED, entries=(entry,)))).findall(f"{{{ATOM}}}entry")[0]

    assert value(found, "updated") == "2026-03-12T00:00:00Z"
    assert value(found, "published") == NEWEST.published_at
    assert value(found, "id") == "urn:policy-api:shop:privacy:4"


@pytest.mark.parametrize("line", LINES)
def test_hostile_texts_stay_texts(line: str) -> None:
    change = {**ADDED, "to": {"recipient": {"name": line}}}
    entry = replace(NEWEST, title=line, summary=line, changes=(change,))
    feed = replace(FEED, title=line, author=line, entries=(entry,))

    content = value(read(atom(feed)).findall(f"{{{ATOM}}}entry")[0], "content")

    tags = {element.tag for element in elements(pieces(content or ""))}
    assert tags == {"p", "ul", "li"}
    assert json_feed(feed)["items"][0]["title"] == line


@given(st.text(max_size=80))
def test_any_text_gives_well_formed_xml(text: str) -> None:
    entry = replace(NEWEST, title=text, summary=text)

    assert read(atom(replace(FEED, title=text, entries=(entry,)))) is not None


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (ADDED, "Recipient added: PayPal <b>"),
        (MOVED, "Place where a recipient processes data changed: Germany → France"),
        (
            ADDED | {"op": "removed", "type": "recipient.removed", "from": ADDED["to"], "to": None},
            "Recipient removed: PayPal <b>",
        ),
        (
            MOVED | {"from": "x" * 999, "to": "y"},
            "Place where a recipient processes data changed: y",
        ),
        (
            MOVED | {"from": None, "to": None},
            "Place where a recipient processes data changed: live chat",
        ),
        (
            MOVED | {"type": "hologram.spun", "path": "title", "from": None, "to": None},
            "Other change",
        ),
        (
            MOVED
            | {
                "type": "section.changed",
                "path": "sections/opt-out/blocks/intro/markdown",
                "from": "x" * 999,
                "to": "y" * 999,
            },
            "Section text changed: opt out",
        ),
        (
            MOVED
            | {
                "type": "translation.changed",
                "path": "locales/es/sections/your-rights",
                "from": "fallback",
                "to": "current",
            },
            "Translation changed: your rights",
        ),
    ],
)
def test_a_change_is_told_in_one_line(change: dict[str, object], line: str) -> None:
    assert change_line(change, "en") == line
