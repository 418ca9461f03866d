"""An edition as linked data: the Data Privacy Vocabulary for the facts, schema.org for the page.

The graph is self-contained: its context is inline, and every node that is not a term of a
vocabulary is named by a URN, so the graph is the same on every host.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from policy_api.domain.rendering.json_ld_parts import (
    CONTEXT,
    Node,
    contact_node,
    cookie_process,
    iri,
    process,
    recipient_node,
    stated,
    storage_rule,
    tagged,
    urn,
)
from policy_api.domain.rendering.urls import https_origin, safe_link

PARTIES: Mapping[str, str] = {
    "controller": "dpv:hasDataController",
    "dpo": "dpv:hasDataProtectionOfficer",
    "eu_representative": "dpv:hasRepresentative",
    "uk_representative": "dpv:hasRepresentative",
    "authority": "dpv:hasAuthority",
}
"""Role of a contact → how the notice names it; other roles are contacts."""


def json_ld(edition: Mapping[str, Any], *, base_url: str = "") -> dict[str, Any]:
    """Return an edition as one JSON-LD graph.

    :param base_url: ``https://host`` that serves the edition, for ``schema:url``; without it
        pages carry no address, because links of an edition name no host.
    """
    graph = _Graph(edition)
    for section in edition["sections"]:
        for block in section["blocks"]:
            graph.add_block(block, locale=section["locale"])
    notice = _notice(edition, base_url) | graph.mentions()
    nodes = [notice, _site(edition), *graph.nodes.values()]
    return {"@context": dict(CONTEXT), "@graph": [stated(node) for node in nodes]}


class _Graph:
    """Nodes gathered from the blocks, and how the notice mentions them."""

    def __init__(self, edition: Mapping[str, Any]) -> None:
        self.home = urn(edition["site"]["key"], edition["policy"])
        self.locale: str = edition["locale"]
        self.nodes: dict[str, Node] = {}
        self.mentioned: dict[str, dict[str, Node]] = {}
        self.readers: Mapping[str, Callable[[Mapping[str, Any], str], None]] = {
            "contacts": self._contacts,
            "cookies": self._cookies,
            "processing": self._processing,
            "recipients_table": self._recipients,
            "retention": self._retention,
            "rights": self._rights,
        }

    def add_block(self, block: Mapping[str, Any], *, locale: str) -> None:
        """Add what a block states; running text states nothing machines could use."""
        reader = self.readers.get(block["kind"])
        if reader is not None:
            reader(block, locale)

    def mentions(self) -> dict[str, list[Node]]:
        """Return the properties by which the notice refers to the nodes."""
        return {name: list(found.values()) for name, found in self.mentioned.items()}

    def _mention(self, name: str, node_id: str) -> None:
        self.mentioned.setdefault(name, {})[node_id] = {"@id": node_id}

    def _add(self, name: str, node: Node) -> None:
        known = self.nodes.setdefault(node["@id"], {})
        # One recipient can be a processor in one table and a third party in another.
        types = [*_listed(known.get("@type")), *_listed(node.get("@type"))]
        known.update(node | {"@type": list(dict.fromkeys(types))})
        self._mention(name, node["@id"])

    def _processing(self, block: Mapping[str, Any], locale: str) -> None:
        for item in block["items"]:
            node_id = f"{self.home}:processing:{block['key']}:{item['key']}"
            self._add("dpv:hasProcess", process(item, node_id=node_id, locale=locale))

    def _recipients(self, block: Mapping[str, Any], locale: str) -> None:
        for row in block["rows"]:
            recipient = recipient_node(row, locale=self.locale)
            self._add("dpv:hasRecipient", recipient)
            node_id = f"{self.home}:table:{block['table']}:{row['key']}"
            node = process(row, node_id=node_id, locale=locale)
            node |= dict(_received(row, recipient["@id"]))
            self._add("dpv:hasProcess", node)

    def _rights(self, block: Mapping[str, Any], locale: str) -> None:
        del locale
        for right in block["rights"]:
            self._mention("dpv:hasRight", iri(right["code"]))
        if block.get("exercise_contact"):
            self._contact(block["exercise_contact"])

    def _contacts(self, block: Mapping[str, Any], locale: str) -> None:
        del locale
        for contact in block["contacts"]:
            self._contact(contact)

    def _contact(self, contact: Mapping[str, Any]) -> None:
        name = PARTIES.get(contact["role"]["code"], "dpv:hasContact")
        self._add(name, contact_node(contact, locale=self.locale))

    def _retention(self, block: Mapping[str, Any], locale: str) -> None:
        for rule in block["rules"]:
            node_id = f"{self.home}:retention:{block['key']}:{rule['key']}"
            node = storage_rule(rule, node_id=node_id, locale=locale)
            self._add("dpv:hasStorageCondition", node)

    def _cookies(self, block: Mapping[str, Any], locale: str) -> None:
        for item in block["items"]:
            node_id = f"{self.home}:cookie:{block['key']}:{item['key']}"
            self._add("dpv:hasProcess", cookie_process(item, node_id=node_id, locale=locale))


def _listed(value: str | list[str] | None) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else value


def _received(row: Mapping[str, Any], recipient: str) -> Iterator[tuple[str, Node]]:
    """Yield how a process names its recipient: generally, and by the role it plays."""
    yield "dpv:hasRecipient", {"@id": recipient}
    properties = {
        "dpv:DataController": "dpv:hasRecipientDataController",
        "dpv:DataProcessor": "dpv:hasDataProcessor",
        "dpv:DataSubProcessor": "dpv:hasDataProcessor",
        "dpv:ThirdParty": "dpv:hasRecipientThirdParty",
    }
    role = (row.get("role") or {}).get("code")
    if role in properties:
        yield properties[role], {"@id": recipient}


def _notice(edition: Mapping[str, Any], base_url: str) -> Node:
    site, policy = edition["site"]["key"], edition["policy"]
    end = edition.get("superseded_at")
    # An address whose bytes never change says nothing of the end.
    covers = f"{edition['effective_at']}/{end or '..'}" if edition.get("status") else None
    return {
        "@id": urn(site, policy, edition["version"], edition["locale"]),
        "@type": [iri(edition.get("kind") or "dpv:PrivacyNotice"), "schema:WebPage"],
        "schema:name": tagged(edition["title"], edition["locale"]),
        "schema:version": str(edition["version"]),
        "schema:datePublished": _instant(edition["published_at"]),
        "schema:dateModified": _instant(edition["published_at"]),
        "schema:temporalCoverage": covers,
        "schema:expires": _instant(end),
        "schema:inLanguage": edition["locale"],
        "schema:identifier": edition.get("digest"),
        "schema:license": _license(edition.get("license")),
        "schema:isBasedOn": _address((edition.get("license") or {}).get("adapted_from")),
        "schema:creditText": (edition.get("license") or {}).get("attribution"),
        "schema:url": _page(edition, base_url),
        "schema:isPartOf": {"@id": urn(site)},
        "schema:exampleOfWork": {"@id": urn(site, policy)},
        "schema:hasPart": [_part(section, edition) for section in edition["sections"]],
    }


def _part(section: Mapping[str, Any], edition: Mapping[str, Any]) -> Node:
    home = urn(edition["site"]["key"], edition["policy"], edition["version"], edition["locale"])
    return {
        "@id": f"{home}:section:{section['key']}",
        "@type": "schema:WebPageElement",
        "schema:name": tagged(section["heading"], section["locale"]),
        "schema:inLanguage": section["locale"],
    }


def _site(edition: Mapping[str, Any]) -> Node:
    hosts = edition["site"]["hosts"]
    return {
        "@id": urn(edition["site"]["key"]),
        "@type": "schema:WebSite",
        "schema:name": edition["site"]["name"],
        "schema:url": [{"@id": f"https://{host}/"} for host in hosts],
    }


def _page(edition: Mapping[str, Any], base_url: str) -> Node | None:
    path = (edition.get("links") or {}).get("html")
    if not path or https_origin(base_url) is None:
        return None
    return {"@id": base_url.rstrip("/") + path}


def _license(license_: Mapping[str, Any] | None) -> Node | str | None:
    if license_ is None:
        return None
    return _address(license_.get("url")) or license_.get("spdx")


def _address(url: str | None) -> Node | None:
    safe = safe_link(url)
    return None if safe is None else {"@id": safe}


def _instant(value: str | None) -> Node | None:
    return None if value is None else {"@value": value, "@type": "xsd:dateTime"}
