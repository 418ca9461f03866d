"""The changelog as Atom (RFC 4287, archives as in RFC 5005) and as JSON Feed 1.1."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from markupsafe import Markup

from policy_api.domain import labels
from policy_api.domain.labels import words as fixed
from policy_api.domain.languages import direction
from policy_api.domain.rendering.change_words import change_line
from policy_api.domain.rendering.json_ld_parts import urn
from policy_api.domain.rendering.words import Words

ATOM = "http://www.w3.org/2005/Atom"
HISTORY = "http://purl.org/syndication/history/1.0"
OWN = "urn:policy-api:feed"
JSON_FEED = "https://jsonfeed.org/version/1.1"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

for _prefix, _namespace in (("", ATOM), ("fh", HISTORY), ("policy", OWN)):
    ET.register_namespace(_prefix, _namespace)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One version, as its changelog entry tells of it."""

    version: int
    title: str | None
    """None if the publisher gave none; the number stands for it then."""

    summary: str | None
    locale: str
    """Language of title and summary."""

    significance: str
    published_at: str
    effective_at: str
    changes: tuple[Mapping[str, Any], ...]
    """Changes as the API spells them."""

    digest: str
    chain_head: str
    href: str
    """Path of the version's page."""

    updated_at: str = ""
    """When the entry itself changed, if not at publication: a withdrawal does that."""

    @property
    def changed_at(self) -> str:
        """Return when it became what it is."""
        return self.updated_at or self.published_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One document of a feed: the newest entries, or an archive of older ones."""

    site: str
    policy: str
    title: str
    locale: str
    author: str
    updated_at: str
    entries: tuple[FeedEntry, ...]
    """Newest first."""

    self_href: str
    html_href: str
    current_href: str = ""
    """The document that subscribers ask for; empty if this is it."""

    previous_href: str = ""
    """The archive with the entries just before these."""

    next_href: str = ""
    """The archive with the entries just after these; only archives have one."""

    is_archive: bool = False
    """True for a document that will never change again."""

    hub: str = ""
    """Address of the WebSub hub that tells of changes of this document."""

    base_url: str = ""
    """``https://host`` to put before every path; without it, links are paths."""


def entry_id(feed: Feed, entry: FeedEntry) -> str:
    """Return the name of an entry, the same in both formats and for ever."""
    return urn(feed.site, feed.policy, entry.version)


def entry_title(entry: FeedEntry, locale: str) -> str:
    """Return the title of an entry: the publisher's, else the number of the version."""
    return entry.title or Words(locale)("version_number", number=entry.version)


def entry_html(entry: FeedEntry, locale: str) -> str:
    """Return an entry in words: summary, day of effect, and the changes as a list."""
    words = Words(locale)
    parts = [Markup("<p>{}</p>").format(_when(entry, words))]
    if entry.summary:
        attributes = _language(entry.locale, locale)
        parts.insert(0, Markup("<p{}>{}</p>").format(attributes, entry.summary))
    lines = [Markup("<li>{}</li>").format(change_line(change, locale)) for change in entry.changes]
    if lines:
        parts.append(Markup("<ul>{}</ul>").format(Markup().join(lines)))
    return str(Markup().join(parts))


def _when(entry: FeedEntry, words: Words) -> str:
    significance = labels.label(
        fixed.SIGNIFICANCE.get(entry.significance, fixed.OTHER_CHANGE), words.locale
    )
    day = words.date(entry.effective_at)
    return f"{significance} · {words('effective_from')} {day}"


def _language(locale: str, around: str) -> Markup:
    if locale == around:
        return Markup()
    return Markup(' lang="{}" dir="{}"').format(locale, direction(locale))


def atom(feed: Feed) -> str:
    """Return a feed document as Atom."""
    root = ET.Element(f"{{{ATOM}}}feed", {XML_LANG: feed.locale})
    _text(root, "id", urn(feed.site, feed.policy))
    _text(root, "title", feed.title)
    _text(root, "updated", feed.updated_at)
    _text(ET.SubElement(root, f"{{{ATOM}}}author"), "name", feed.author)
    for relation, path, kind in (
        ("self", feed.self_href, "application/atom+xml"),
        ("alternate", feed.html_href, "text/html"),
        ("current", feed.current_href, "application/atom+xml"),
        ("prev-archive", feed.previous_href, "application/atom+xml"),
        ("next-archive", feed.next_href, "application/atom+xml"),
    ):
        _link(root, relation, feed.base_url, path, kind)
    if feed.hub:
        ET.SubElement(root, f"{{{ATOM}}}link", {"rel": "hub", "href": feed.hub})
    if feed.is_archive:
        ET.SubElement(root, f"{{{HISTORY}}}archive")
    for entry in feed.entries:
        root.append(_atom_entry(feed, entry))
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode")


def _atom_entry(feed: Feed, entry: FeedEntry) -> ET.Element:
    element = ET.Element(f"{{{ATOM}}}entry")
    _text(element, "id", entry_id(feed, entry))
    title = _text(element, "title", entry_title(entry, feed.locale))
    if entry.title and entry.locale != feed.locale:
        title.set(XML_LANG, entry.locale)
    _text(element, "published", entry.published_at)
    _text(element, "updated", entry.changed_at)
    _link(element, "alternate", feed.base_url, entry.href, "text/html")
    ET.SubElement(element, f"{{{ATOM}}}category", {"term": entry.significance})
    if entry.summary:
        _text(element, "summary", entry.summary).set(XML_LANG, entry.locale)
    _text(element, "content", entry_html(entry, feed.locale)).set("type", "html")
    for name, value in _witness(entry).items():
        _text(element, name.replace("_", "-"), str(value), namespace=OWN)
    return element


def json_feed(feed: Feed) -> dict[str, Any]:
    """Return a feed document as JSON Feed."""
    made = {
        "version": JSON_FEED,
        "title": feed.title,
        "home_page_url": feed.base_url + feed.html_href,
        "feed_url": feed.base_url + feed.self_href,
        "language": feed.locale,
        "authors": [{"name": feed.author}],
        "_policy": {"site": feed.site, "policy": feed.policy, "id": urn(feed.site, feed.policy)},
        "items": [_json_item(feed, entry) for entry in feed.entries],
    }
    if feed.previous_href:
        made["next_url"] = feed.base_url + feed.previous_href
    if feed.hub:
        made["hubs"] = [{"type": "WebSub", "url": feed.hub}]
    return made


def _json_item(feed: Feed, entry: FeedEntry) -> dict[str, Any]:
    item = {
        "id": entry_id(feed, entry),
        "url": feed.base_url + entry.href,
        "title": entry_title(entry, feed.locale),
        "content_html": entry_html(entry, feed.locale),
        "date_published": entry.published_at,
        "date_modified": entry.changed_at,
        "language": entry.locale if entry.title else feed.locale,
        "tags": [entry.significance],
        "_policy": _witness(entry) | {"changes": [dict(change) for change in entry.changes]},
    }
    return item | ({"summary": entry.summary} if entry.summary else {})


def _witness(entry: FeedEntry) -> dict[str, Any]:
    """Return what a subscriber keeps to prove later what was published."""
    return {
        "version": entry.version,
        "significance": entry.significance,
        "effective_at": entry.effective_at,
        "digest": entry.digest,
        "chain_head": entry.chain_head,
    }


def _text(parent: ET.Element, name: str, text: str, *, namespace: str = ATOM) -> ET.Element:
    element = ET.SubElement(parent, f"{{{namespace}}}{name}")
    element.text = _NOT_XML.sub("\ufffd", text)
    return element


def _link(parent: ET.Element, relation: str, base: str, path: str, kind: str) -> None:
    if path:
        attributes = {"rel": relation, "type": kind, "href": base + path}
        ET.SubElement(parent, f"{{{ATOM}}}link", attributes)
