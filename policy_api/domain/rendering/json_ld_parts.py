"""Nodes of the linked-data graph: processes, recipients, contacts, places, storage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from policy_api.domain.content.vocabulary import PREFIXES, is_curie
from policy_api.domain.rendering.urls import safe_link

Node = dict[str, Any]

CONTEXT: Mapping[str, str] = {
    **PREFIXES,
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""The whole context. Keys of nodes are written as CURIEs, so nothing depends on term tables."""


def urn(*parts: object) -> str:
    """Return the name of something that this service describes.

    >>> urn("forum", "privacy", 4)
    'urn:policy-api:forum:privacy:4'
    """
    return ":".join(("urn:policy-api", *(quote(str(part), safe="") for part in parts)))


def iri(code: str) -> str:
    """Return a code as a compact IRI of the context, or as a URN if its prefix is unknown."""
    return code if is_curie(code) else urn("term", code)


def tagged(text: str | None, locale: str) -> Node | None:
    """Return a text with its language, or None."""
    return None if text is None else {"@value": text, "@language": locale}


def stated(node: Node) -> Node:
    """Leave out, at any depth, what is not stated: linked data has no null."""
    pruned = {name: _stated_value(value) for name, value in node.items()}
    return {name: value for name, value in pruned.items() if value not in (None, {}, [])}


def _stated_value(value: object) -> object:
    if isinstance(value, dict):
        return stated(value)
    if isinstance(value, list):
        return [_stated_value(each) for each in value if each is not None]
    return value


def process(item: Mapping[str, Any], *, node_id: str, locale: str) -> Node:
    """Return a row of a table or a processing item as ``dpv:Process``.

    DPV 2 calls ``dpv:PersonalDataHandling`` deprecated in favour of it.
    """
    return {
        "@id": node_id,
        "@type": "dpv:Process",
        "schema:name": tagged(item.get("label"), locale),
        "schema:description": tagged(item.get("purpose"), locale),
        "dpv:hasPurpose": [_term(purpose) for purpose in item.get("purposes") or ()],
        "dpv:hasLegalBasis": [
            _term(item[name]) for name in ("legal_basis", "special_basis") if item.get(name)
        ],
        "dpv:hasJustification": _described(
            "dpv:Justification", item.get("legitimate_interest"), locale
        ),
        "dpv:hasPersonalData": [_category(each) for each in item.get("data_categories") or ()],
        "dpv:hasDataSource": _term(item.get("source_of_data")),
        "dpv:hasNecessity": _described("dpv:Necessity", item.get("required"), locale),
        "dpv:hasStorageCondition": _described(
            "dpv:StorageCondition", item.get("retention"), locale
        ),
        "dpv:hasLocation": [_place(each) for each in item.get("locations") or ()],
        "dpv:hasProcessing": _transfer(item.get("transfer") or {}, locale),
    }


def cookie_process(item: Mapping[str, Any], *, node_id: str, locale: str) -> Node:
    """Return a cookie or the like as a process that uses that technology."""
    provider = item.get("provider")
    duration = item.get("duration")
    return {
        "@id": node_id,
        "@type": "dpv:Process",
        "schema:name": item["name"],
        "schema:description": tagged(item.get("purpose"), locale),
        "dpv:hasRecipient": {"@id": urn("recipient", provider["key"])} if provider else None,
        "dpv:hasStorageCondition": {
            "@type": "dpv:StorageCondition",
            "dpv:hasDuration": _duration(duration, kind=None),
        }
        if duration
        else None,
    }


def recipient_node(row: Mapping[str, Any], *, locale: str) -> Node:
    """Return the recipient of a row, in the role it plays there."""
    recipient = row["recipient"]
    role = (row.get("role") or {}).get("code")
    country = recipient.get("country")
    notice = safe_link(recipient.get("privacy_policy_url"))
    return {
        "@id": urn("recipient", recipient["key"]),
        "@type": ["schema:Organization", iri(role) if role else "dpv:Recipient"],
        "schema:name": recipient["name"],
        "schema:legalName": recipient.get("legal_name"),
        "schema:description": tagged(recipient.get("service"), locale),
        "schema:url": _link(recipient.get("url")),
        "schema:address": _postal({"country": {"code": country}}) if country else None,
        "dpv:hasNotice": {"@id": notice, "@type": "dpv:PrivacyNotice"} if notice else None,
    }


def contact_node(contact: Mapping[str, Any], *, locale: str) -> Node:
    """Return a contact as an organization with a contact point."""
    term = contact["role"].get("term") or ""
    is_class = term.partition(":")[2][:1].isupper()
    address = contact.get("address")
    return {
        "@id": urn("contact", contact["key"]),
        "@type": ["schema:Organization", iri(term) if is_class else "dpv:LegalEntity"],
        "schema:name": contact.get("name"),
        "schema:address": _postal(address) if address else None,
        "schema:contactPoint": {
            "@id": urn("contact", contact["key"], "point"),
            "@type": "schema:ContactPoint",
            "schema:contactType": tagged(contact["role"]["label"], locale),
            "schema:name": contact.get("represented_by"),
            "schema:email": contact.get("email"),
            "schema:telephone": contact.get("phone"),
            "schema:url": _link(contact.get("url")),
        },
    }


def storage_rule(rule: Mapping[str, Any], *, node_id: str, locale: str) -> Node:
    """Return a retention rule as a storage condition."""
    kind = (rule.get("kind") or {}).get("code")
    duration: Node = _duration(rule.get("duration"), kind=kind) or {}
    if rule.get("until") is not None:
        until = tagged(rule["until"], locale)
        event = {"@type": iri(kind or "dpv:UntilEventDuration"), "schema:description": until}
        duration = {**event, **duration}
    return {
        "@id": node_id,
        "@type": "dpv:StorageCondition",
        "schema:name": tagged(rule.get("applies_to"), locale),
        "dpv:hasDuration": duration or ({"@type": iri(kind)} if kind else None),
    }


def _term(coded: Mapping[str, str] | None) -> Node | None:
    return None if coded is None else {"@id": iri(coded["code"])}


def _described(kind: str, text: str | None, locale: str) -> Node | None:
    if text is None:
        return None
    return {"@type": kind, "schema:description": tagged(text, locale)}


def _category(category: Mapping[str, Any]) -> Node:
    """Return a term as it is, and a category of the organization as narrower than its term."""
    key, code = category.get("key"), category.get("code")
    if key is None:
        return {"@id": iri(str(code))}
    return {
        "@id": urn("category", key),
        "@type": "dpv:PersonalData",
        "schema:name": category["label"],
        "skos:broader": {"@id": iri(code)} if code else None,
    }


def _place(place: Mapping[str, Any]) -> Node:
    country, region, name = (place.get(part) for part in ("country", "region", "place"))
    if country and not name:
        return {"@id": iri(f"loc:{country}"), "@type": "dpv:Country"}
    return {
        "@type": ["dpv:Location", "schema:Place"],
        "schema:name": place.get("label"),
        "schema:identifier": f"UN M.49 {region}" if region and not country else None,
        "dpv:hasCountry": {"@id": iri(f"loc:{country}")} if country else None,
    }


def _transfer(transfer: Mapping[str, Any], locale: str) -> Node | None:
    mechanism, copy = transfer.get("mechanism"), transfer.get("copy")
    if not (transfer.get("outside_eea") or mechanism or copy):
        return None
    return {
        "@type": "dpv:Transfer",
        "dpv:hasLegalBasis": _term(mechanism),
        "schema:description": tagged(copy, locale),
    }


def _duration(duration: Mapping[str, str] | None, *, kind: str | None) -> Node | None:
    if duration is None:
        return None
    if not duration["iso"].startswith("P"):
        return {"@type": "dpv:UntilEventDuration", "schema:description": duration["label"]}
    value = {"@value": duration["iso"], "@type": "xsd:duration"}
    return {"@type": iri(kind or "dpv:TemporalDuration"), "schema:duration": value}


def _postal(address: Mapping[str, Any]) -> Node:
    return {"@type": "schema:PostalAddress", **dict(_postal_lines(address))}


def _postal_lines(address: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    names = {
        "street": "schema:streetAddress",
        "postal_code": "schema:postalCode",
        "locality": "schema:addressLocality",
        "region": "schema:addressRegion",
    }
    for name, term in names.items():
        yield term, address.get(name)
    yield "schema:addressCountry", (address.get("country") or {}).get("code")


def _link(url: object) -> Node | None:
    safe = safe_link(url)
    return None if safe is None else {"@id": safe}
