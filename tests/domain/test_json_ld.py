"""The linked data expands completely, names everything absolutely and means what was said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pyld import jsonld

from policy_api.domain.rendering.json_ld import json_ld
from policy_api.domain.rendering.json_ld_parts import CONTEXT
from tests.domain.editions import edition
from tests.domain.hostile import ADDRESSES, LINES

DPV = "https://w3id.org/dpv#"
GDPR = "https://w3id.org/dpv/legal/eu/gdpr#"
PD = "https://w3id.org/dpv/pd#"
SCHEMA = "https://schema.org/"
HOME = "urn:policy-api:forum:privacy"


def no_network(url: str, _options: dict[str, object]) -> dict[str, object]:
    raise AssertionError(f"The graph asks for {url}.")


def expanded(graph: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = jsonld.expand(graph, {"documentLoader": no_network})
    return found


def flattened(graph: dict[str, Any]) -> dict[str, dict[str, Any]]:
    nodes = jsonld.flatten(graph, None, {"documentLoader": no_network})
    return {node["@id"]: node for node in nodes}


def members(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name, inner
            yield from members(inner)
    if isinstance(value, list):
        for each in value:
            yield from members(each)


def ids(node: dict[str, Any], name: str) -> list[str]:
    return [value["@id"] for value in node.get(name, [])]


def texts(node: dict[str, Any], name: str) -> list[tuple[str, str | None]]:
    return [(value["@value"], value.get("@language")) for value in node.get(name, [])]


@pytest.mark.parametrize("locale", ["en", "de", "ar"])
def test_no_term_is_lost_when_the_graph_is_expanded(locale: str) -> None:
    graph = json_ld(edition(locale))

    written = [name for name, _ in members(graph["@graph"]) if not name.startswith("@")]
    kept = [name for name, _ in members(expanded(graph)) if not name.startswith("@")]
    assert len(written) == len(kept) > 100
    assert all(name.startswith((DPV, SCHEMA, "http://www.w3.org/2004/02/skos/")) for name in kept)


@pytest.mark.parametrize("locale", ["en", "de", "ar"])
def test_every_name_is_absolute(locale: str) -> None:
    nodes = expanded(json_ld(edition(locale), base_url="https://legal.example.org"))

    named = [str(value) for name, value in members(nodes) if name == "@id"]
    types = [each for name, value in members(nodes) if name == "@type" for each in [value]]
    flat = [each for value in types for each in (value if isinstance(value, list) else [value])]
    assert all(name.startswith(("https://", "urn:")) for name in named)
    assert all(str(name).startswith(("https://", "urn:", "http://www.w3.org/")) for name in flat)


def test_nothing_is_null_and_the_graph_is_plain_json() -> None:
    graph = json_ld(edition())

    assert json.loads(json.dumps(graph)) == graph
    assert [name for name, value in members(graph) if value in (None, [], {})] == []
    assert graph["@context"] == CONTEXT


def test_the_notice_carries_version_dates_language_and_license() -> None:
    notice = flattened(json_ld(edition("de"), base_url="https://legal.example.org"))[f"{HOME}:4:de"]

    assert notice["@type"] == [f"{DPV}PrivacyNotice", f"{SCHEMA}WebPage"]
    assert texts(notice, f"{SCHEMA}name") == [("Datenschutzerklärung", "de")]
    assert texts(notice, f"{SCHEMA}version") == [("4", None)]
    assert texts(notice, f"{SCHEMA}datePublished") == [("2026-03-10T08:00:00Z", None)]
    assert texts(notice, f"{SCHEMA}inLanguage") == [("de", None)]
    assert ids(notice, f"{SCHEMA}license") == ["https://creativecommons.org/licenses/by/4.0/"]
    assert ids(notice, f"{SCHEMA}url") == [
        "https://legal.example.org/v1/sites/forum/policies/privacy.html?locale=de"
    ]


def test_a_disclosure_is_a_process_with_its_recipient() -> None:
    nodes = flattened(json_ld(edition()))

    process = nodes[f"{HOME}:table:third-party-services:payments"]
    recipient = nodes["urn:policy-api:recipient:paypal"]
    assert process["@type"] == [f"{DPV}Process"]
    assert ids(process, f"{DPV}hasPurpose") == [f"{DPV}PaymentManagement"]
    assert ids(process, f"{DPV}hasLegalBasis") == [f"{GDPR}A6-1-f"]
    assert ids(process, f"{DPV}hasPersonalData") == [f"{PD}Name", f"{PD}EmailAddress"]
    assert ids(process, f"{DPV}hasRecipient") == ["urn:policy-api:recipient:paypal"]
    assert ids(process, f"{DPV}hasRecipientThirdParty") == ["urn:policy-api:recipient:paypal"]
    assert "https://w3id.org/dpv/loc#US" in ids(process, f"{DPV}hasLocation")
    assert recipient["@type"] == [f"{SCHEMA}Organization", f"{DPV}ThirdParty"]
    assert ids(recipient, f"{DPV}hasNotice") == ["https://pay.example.com/privacy"]


def test_the_notice_names_its_processes_recipients_rights_and_contacts() -> None:
    notice = flattened(json_ld(edition()))[f"{HOME}:4:en"]

    assert f"{HOME}:processing:doings:account" in ids(notice, f"{DPV}hasProcess")
    assert f"{HOME}:cookie:jar:session" in ids(notice, f"{DPV}hasProcess")
    assert ids(notice, f"{DPV}hasRecipient")[0] == "urn:policy-api:recipient:paypal"
    assert ids(notice, f"{DPV}hasRight") == [f"{GDPR}A15", f"{GDPR}A17"]
    assert ids(notice, f"{DPV}hasDataProtectionOfficer") == [
        "urn:policy-api:contact:privacy",
        "urn:policy-api:contact:dpo",
    ]
    assert len(ids(notice, f"{DPV}hasStorageCondition")) == 2


def test_a_contact_is_an_organization_with_a_contact_point() -> None:
    nodes = flattened(json_ld(edition()))

    contact, point = nodes["urn:policy-api:contact:dpo"], nodes["urn:policy-api:contact:dpo:point"]
    assert f"{DPV}DataProtectionOfficer" in contact["@type"]
    assert ids(contact, f"{SCHEMA}contactPoint") == ["urn:policy-api:contact:dpo:point"]
    assert point["@type"] == [f"{SCHEMA}ContactPoint"]
    assert texts(point, f"{SCHEMA}email") == [("dpo@example.org", None)]


def test_terms_of_our_own_and_the_organizations_are_urns() -> None:
    nodes = flattened(json_ld(edition()))

    nickname, mood = nodes["urn:policy-api:category:nick"], nodes["urn:policy-api:category:mood"]
    assert ids(nickname, "http://www.w3.org/2004/02/skos/core#broader") == [
        "urn:policy-api:term:Nickname"
    ]
    assert texts(mood, f"{SCHEMA}name") == [("Moods", None)]


def test_texts_carry_the_language_they_are_in() -> None:
    nodes = flattened(json_ld(edition("de")))

    own = nodes[f"{HOME}:processing:doings:account"]
    fallback = nodes[f"{HOME}:cookie:jar:session"]
    assert texts(own, f"{SCHEMA}description") == [("Um Ihr Konto zu führen.", "de")]
    assert texts(fallback, f"{SCHEMA}description") == [("Keeps you signed in.", "en")]


def test_a_recipient_in_two_roles_keeps_both() -> None:
    shown = edition()
    table = shown["sections"][2]["blocks"][0]
    table["rows"][1] |= {"recipient": table["rows"][0]["recipient"]}

    recipient = flattened(json_ld(shown))["urn:policy-api:recipient:paypal"]

    assert {f"{DPV}ThirdParty", f"{DPV}DataProcessor"} <= set(recipient["@type"])


@pytest.mark.parametrize("text", [*ADDRESSES, *LINES])
def test_false_addresses_and_odd_codes_name_nothing(text: str) -> None:
    shown = edition(license={"spdx": None, "url": text, "attribution": None, "adapted_from": text})
    row = shown["sections"][2]["blocks"][0]["rows"][0]
    row["recipient"] |= {"url": text, "privacy_policy_url": text}
    row["purposes"] = [{"code": text, "label": "x"}]

    nodes = expanded(json_ld(shown, base_url=text))

    named = [str(value) for name, value in members(nodes) if name == "@id"]
    assert all(name.startswith(("https://", "urn:")) for name in named)
    assert not [name for name in named if set(name) & set(' "<>\\^`{|}\n\x00')]
