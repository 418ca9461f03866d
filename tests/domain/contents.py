"""Contents of editions by hand, small enough to see what a change does to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from policy_api.domain.content.paths import get_at, set_at

Content = dict[str, Any]

ROWS = "sections/recipients/blocks/table/rows"
ITEMS = "sections/collect/blocks/doings/items"


def coded(code: str, label: str = "") -> Content:
    """Return a code with its label."""
    return {"code": code, "label": label or code}


def row(key: str, recipient: str, **more: object) -> Content:
    """Return a disclosure."""
    return {
        "key": key,
        "recipient": {
            "key": recipient,
            "name": recipient.title(),
            "legal_name": None,
            "country": "US",
            "privacy_policy_url": f"https://{recipient}.example/privacy",
            "url": None,
            "service": None,
        },
        "role": coded("dpv:ThirdParty", "Third party"),
        "purpose": "Takes payments.",
        "purposes": [coded("dpv:PaymentManagement"), coded("dpv:FraudPreventionAndDetection")],
        "legal_basis": coded("eu-gdpr:A6-1-b", "Contract"),
        "special_basis": None,
        "legitimate_interest": None,
        "data_categories": [
            {"key": None, "code": "pd:Name", "label": "Name"},
            {"key": "nick", "code": "pd:Nickname", "label": "Nickname"},
        ],
        "data_categories_open": False,
        "locations": [
            {"country": "US", "region": None, "place": None, "label": "United States"},
            {"country": "DE", "region": None, "place": "Berlin", "label": "Berlin, Germany"},
        ],
        "transfer": {"outside_eea": True, "mechanism": None, "copy": None},
        "retention": "Ten years.",
        "required": None,
        "source_of_data": None,
        "replaces": None,
        "origin": "base",
        "changed_in": 1,
        **more,
    }


def item(key: str, **more: object) -> Content:
    """Return something that the publisher does itself."""
    return {
        "key": key,
        "label": key.title(),
        "purpose": "Counts visits.",
        "purposes": [coded("dpv:ServiceUsageAnalytics")],
        "legal_basis": coded("eu-gdpr:A6-1-f"),
        "special_basis": None,
        "legitimate_interest": "A site that works.",
        "data_categories": [{"key": None, "code": "pd:IPAddress", "label": "IP address"}],
        "data_categories_open": False,
        "retention": None,
        "required": None,
        "source_of_data": None,
        "changed_in": 1,
        **more,
    }


def contact(key: str, **more: object) -> Content:
    """Return a way to reach somebody."""
    return {
        "key": key,
        "role": {"code": "privacy", "term": "dpv:hasContact", "label": "Privacy contact"},
        "name": "Privacy team",
        "represented_by": None,
        "email": "privacy@example.org",
        "url": None,
        "phone": None,
        "address": None,
        "external": None,
        **more,
    }


def text(key: str, markdown: str) -> Content:
    """Return a block of running text."""
    return block(key, "text", markdown=markdown, html=f"<p>{markdown}</p>")


def block(key: str, kind: str, **more: object) -> Content:
    """Return a block."""
    return {"key": key, "kind": kind, "origin": "base", **more}


def section(key: str, *blocks: Content, **more: object) -> Content:
    """Return a section."""
    return {
        "key": key,
        "anchor": key,
        "heading": key.title(),
        "layer": 1,
        "locale": "en",
        "dir": "ltr",
        "translation": "source",
        "translated_from": None,
        "origin": "base",
        "changed_in": 1,
        "blocks": list(blocks),
        **more,
    }


def table(*rows: Content, key: str = "table", name: str = "services") -> Content:
    """Return a recipient table."""
    columns = [{"key": name, "label": name.title()} for name in ("recipient", "purpose")]
    return block(
        key, "recipients_table", table=name, caption="Services", columns=columns, rows=list(rows)
    )


def license_of() -> Content:
    """Return a license."""
    return {"spdx": "CC-BY-4.0", "url": None, "attribution": "Example", "adapted_from": None}


def site(key: str, *hosts: str) -> Content:
    """Return a site as other sites' pages show it."""
    return {"key": key, "name": key.title(), "hosts": list(hosts)}


def promise() -> Content:
    """Return the section that opens the policy."""
    return section("promise", text("intro", "We keep *little*."), text("never", "We sell nothing."))


def collect() -> Content:
    """Return the section on what the publisher does itself."""
    rule = {
        "key": "logs",
        "applies_to": "Log files",
        "kind": None,
        "duration": {"iso": "P30D", "label": "30 days"},
        "until": None,
        "changed_in": 1,
    }
    return section(
        "collect",
        block("doings", "processing", items=[item("usage"), item("mail")]),
        block("how-long", "retention", rules=[rule]),
    )


def rights() -> Content:
    """Return the section on rights and whom to ask."""
    listed = [
        {"key": "access", "text": "Ask what we *hold*.", **coded("eu-gdpr:A15", "Access")},
        {"key": "erasure", "text": None, **coded("eu-gdpr:A17", "Erasure")},
    ]
    return section(
        "rights",
        block(
            "rights",
            "rights",
            rights=listed,
            exercise_contact=contact("privacy"),
            automated_decisions=False,
        ),
        block("people", "contacts", contacts=[contact("privacy"), contact("dpo")]),
    )


def cookies() -> Content:
    """Return the section on cookies, with a switch to turn them off."""
    session = {
        "key": "session",
        "name": "_sid_",
        "provider": {"key": "payer", "name": "Payer"},
        "type": coded("cookie", "Cookie"),
        "purpose": "Keeps you signed in.",
        "duration": {"iso": "P1D", "label": "1 day"},
        "third_party": False,
        "changed_in": 1,
    }
    switch = block(
        "optout",
        "embed",
        provider="matomo",
        url="https://stats.example.org/optout",
        title="Switch off statistics",
        height=200,
        fallback={"markdown": "Write to us.", "html": "<p>Write to us.</p>"},
    )
    return section("cookies", block("jar", "cookies", items=[session]), switch)


def about() -> Content:
    """Return the section on the policy itself."""
    covered = [site("forum", "forum.example.org"), site("shop", "shop.example.org")]
    return section(
        "about",
        block("sites", "site_list", sites=covered),
        block("terms", "license", license=license_of(), markdown="Take it.", html=""),
        block("history", "changelog", limit=5),
    )


def content(**more: object) -> Content:
    """Return an edition's content."""
    rows = row("payments", "payer"), row("mail", "mailer"), row("hosting", "hoster")
    return {
        "site": site("forum", "forum.example.org", "talk.example.org"),
        "policy": "privacy",
        "kind": "dpv:PrivacyNotice",
        "title": "Privacy policy",
        "locale": "en",
        "dir": "ltr",
        "source_locale": "en",
        "authoritative_locale": "en",
        "available_locales": ["en", "de"],
        "version": 1,
        "license": license_of(),
        "sections": [
            promise(),
            collect(),
            section("recipients", table(*rows)),
            rights(),
            cookies(),
            about(),
        ],
        "omitted": [],
        **more,
    }


def changed(edits: Mapping[str, object], base: Content | None = None) -> Content:
    """Return the content with other values at some paths, members of lists by their key."""
    made = content() if base is None else base
    for path, value in edits.items():
        parent, _, last = path.rpartition("/")
        members = get_at(made, parent)
        if isinstance(members, list):
            replaced = [value if member["key"] == last else member for member in members]
            made = set_at(made, parent, replaced)
        else:
            made = set_at(made, path, value)
    return made


def at(path: str) -> Any:  # noqa: ANN401 -- JSON of any shape
    """Return what the content has at a path."""
    return get_at(content(), path)


def without(path: str) -> Content:
    """Return the content without one member of a list."""
    parent, _, key = path.rpartition("/")
    return changed({parent: [member for member in at(parent) if member["key"] != key]})


def sorted_as(path: str, keys: Iterable[str]) -> Content:
    """Return the content with the members of a list in another order."""
    members = {member["key"]: member for member in at(path)}
    return changed({path: [members[key] for key in keys]})


def with_more(path: str, *members: Content) -> Content:
    """Return the content with members appended to a list."""
    return changed({path: [*at(path), *members]})
