"""One served edition with every block kind, in a source, a translated and an Arabic locale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policy_api.domain.languages import direction
from policy_api.domain.rendering.markdown import to_html
from tests.domain.edition_texts import INTRO, TEXTS

EVERY_KIND = (
    "text",
    "notice",
    "recipients_table",
    "processing",
    "rights",
    "contacts",
    "embed",
    "retention",
    "cookies",
    "site_list",
    "license",
    "changelog",
)

BASE = "/v1/sites/forum/policies/privacy"
MATERIAL = "2026-03-10T08:00:00Z"
EFFECTIVE = "2026-04-09T00:00:00Z"

UNTRANSLATED = ("cookies", "about")
"""Sections that other locales show in the source's language."""


class Words:
    """Texts of one locale; what has no translation stays in the source's."""

    def __init__(self, locale: str) -> None:
        self.locale = locale
        self.known = TEXTS.get(locale, {})

    def __call__(self, text: str) -> str:
        return self.known.get(text, text)

    def coded(self, code: str, label: str) -> dict[str, Any]:
        return {"code": code, "label": self(label)}

    def text(self, key: str, markdown: str, **more: object) -> dict[str, Any]:
        written = self(markdown)
        return {
            "key": key,
            "kind": "text",
            **more,
            "markdown": written,
            "html": to_html(written, dir=direction(self.locale)),
            "origin": "base",
        }


def edition(locale: str = "en", **changes: object) -> dict[str, Any]:
    """Return the edition in a locale as the API serves it, with some members replaced."""
    words = Words(locale)
    made: dict[str, Any] = {
        "site": {"key": "forum", "name": "Example forum", "hosts": ["forum.example.org"]},
        "policy": "privacy",
        "kind": "dpv:PrivacyNotice",
        "title": words("Privacy policy"),
        "locale": locale,
        "dir": direction(locale),
        "source_locale": "en",
        "authoritative_locale": "en",
        "available_locales": ["en", "de", "ar"],
        "version": 4,
        "material_number": 2,
        "status": "current",
        "published_at": MATERIAL,
        "effective_at": EFFECTIVE,
        "superseded_at": None,
        "change": {
            "kind": "change",
            "significance": "material",
            "title": "A payment service",
            "summary": "PayPal takes payments in the shop.",
            "locale": "en",
        },
        "upcoming": None,
        "digest": "sha256:" + "ab" * 32,
        "completeness": {"units": 41, "current": 38, "outdated": 1, "fallback": 2},
        "license": license_of(),
        "sections": [sections(words, name) for name in BODIES],
        "omitted": [],
        "links": links(locale),
    }
    return {**made, **changes}


def license_of() -> dict[str, Any]:
    """Return a license with an attribution."""
    return {
        "spdx": "CC-BY-4.0",
        "url": "https://creativecommons.org/licenses/by/4.0/",
        "attribution": "Example & friends",
        "adapted_from": "https://source.example.org/policy",
    }


def links(locale: str) -> dict[str, str | None]:
    """Return the links of the edition."""
    query = f"?locale={locale}"
    return {
        "self": f"{BASE}{query}",
        "version": f"{BASE}/versions/4{query}",
        "previous": f"{BASE}/versions/3{query}",
        "changelog": f"{BASE}/changelog",
        "feed": f"{BASE}/feed.atom",
        "html": f"{BASE}.html{query}",
        "markdown": f"{BASE}.md{query}",
    }


def sections(words: Words, name: str) -> dict[str, Any]:
    """Return one section; the untranslated ones in the source's language."""
    is_source = words.locale == "en"
    falls_back = name in UNTRANSLATED and not is_source
    translation = "source" if is_source else "outdated" if name == "collect" else "current"
    shown = Words("en") if falls_back else words
    heading, bodies = BODIES[name]
    return {
        "key": name,
        "anchor": name,
        "heading": shown(heading),
        "layer": 1,
        "locale": shown.locale,
        "dir": direction(shown.locale),
        "translation": "fallback" if falls_back else translation,
        "changed_in": 4 if name == "recipients" else 1,
        "origin": "base",
        "translated_from": {"version": 3, "href": f"{BASE}/versions/3?locale={words.locale}"}
        if falls_back and name == "cookies"
        else None,
        "blocks": [body(shown) for body in bodies],
    }


def notice(words: Words) -> dict[str, Any]:
    return {**words.text("never", "We never sell data."), "kind": "notice", "tone": "promise"}


def processing(words: Words) -> dict[str, Any]:
    account = {
        "key": "account",
        "label": words("Account"),
        "purpose": words("To run your account."),
        "purposes": [words.coded("dpv:AccountManagement", "Account management")],
        "legal_basis": words.coded("eu-gdpr:A6-1-b", "Contract"),
        "special_basis": None,
        "legitimate_interest": None,
        "data_categories": [
            {"key": None, "code": "pd:Name", "label": words("Name")},
            {"key": "nick", "code": "x:Nickname", "label": words("Nicknames")},
            {"key": "mood", "code": None, "label": "Moods"},
        ],
        "data_categories_open": True,
        "retention": "Until you close it",
        "required": None,
        "source_of_data": words.coded("dpv:DataSubjectDataSource", "From you"),
        "changed_in": 1,
    }
    bare = dict.fromkeys(account) | {
        "key": "visits",
        "label": "Visits",
        "purpose": "Counting.",
        "purposes": [],
        "data_categories": [],
        "data_categories_open": False,
        "changed_in": 2,
    }
    return block("doings", "processing", items=[account, bare])


def table(words: Words) -> dict[str, Any]:
    heads = {
        "recipient": "Recipient",
        "used_on": "Used on",
        "purpose": "Purpose",
        "legal_basis": "Legal basis",
        "data_categories": "Personal data",
        "locations": "Place of processing",
        "transfer": "Transfer outside the EEA",
        "retention": "Retention",
        "privacy_policy": "Privacy policy",
    }
    columns = [{"key": key, "label": words(label)} for key, label in heads.items()]
    return block(
        "table",
        "recipients_table",
        table="third-party-services",
        caption=words("Services we use"),
        columns=columns,
        rows=[row(words), bare_row(words)],
    )


def row(words: Words) -> dict[str, Any]:
    """Return a disclosure that states everything."""
    return {
        "key": "payments",
        "recipient": {
            "key": "paypal",
            "name": "PayPal",
            "legal_name": "PayPal, Inc.",
            "country": "US",
            "privacy_policy_url": "https://pay.example.com/privacy",
            "url": "https://pay.example.com/",
            "service": "Payment",
        },
        "role": words.coded("dpv:ThirdParty", "Third party"),
        "purpose": words("Takes a payment."),
        "purposes": [words.coded("dpv:PaymentManagement", "Payment management")],
        "legal_basis": words.coded("eu-gdpr:A6-1-f", "Legitimate interest"),
        "special_basis": None,
        "legitimate_interest": "Being paid | on time",
        "data_categories": [
            {"key": None, "code": "pd:Name", "label": words("Name")},
            {"key": None, "code": "pd:EmailAddress", "label": "E-mail address"},
        ],
        "data_categories_open": True,
        "locations": [
            {"country": "US", "region": None, "place": None, "label": words("United States")},
            {"country": "DE", "region": "150", "place": "Frankfurt", "label": "Frankfurt, DE"},
        ],
        "transfer": {
            "outside_eea": True,
            "mechanism": words.coded("eu-gdpr:A46-2-c", "Standard contractual clauses"),
            "copy": "Write to us for a copy.",
        },
        "retention": "10 years",
        "required": "Yes, to pay",
        "source_of_data": words.coded("dpv:DataSubjectDataSource", "From you"),
        "replaces": "old-pay",
        "sites": [{"key": "forum", "name": "Example forum"}, {"key": "shop", "name": "Shop"}],
        "origin": "site",
        "changed_in": 4,
    }


def bare_row(words: Words) -> dict[str, Any]:
    """Return a disclosure that states next to nothing."""
    return row(words) | {
        "key": "hosting",
        "recipient": dict.fromkeys(row(words)["recipient"]) | {"key": "=HOST()", "name": "=HOST()"},
        "role": words.coded("dpv:DataProcessor", "Processor"),
        "purpose": None,
        "purposes": [words.coded("dpv:TechnicalServiceProvision", "Technical service")],
        "legal_basis": None,
        "legitimate_interest": None,
        "data_categories": [],
        "data_categories_open": False,
        "locations": None,
        "transfer": {"outside_eea": None, "mechanism": None, "copy": None},
        "retention": None,
        "required": None,
        "source_of_data": None,
        "replaces": None,
        "sites": [{"key": "forum", "name": "Example forum"}],
        "changed_in": 1,
    }


def rights(words: Words) -> dict[str, Any]:
    return block(
        "rights",
        "rights",
        rights=[
            {"key": "access", "text": "Ask what we hold.", **words.coded("eu-gdpr:A15", "Access")},
            {"key": "erasure", "text": None, **words.coded("eu-gdpr:A17", "Erasure")},
        ],
        exercise_contact=contact("privacy"),
        automated_decisions=False,
    )


def contact(key: str) -> dict[str, Any]:
    """Return a contact that states everything."""
    return {
        "key": key,
        "role": {
            "code": "dpo",
            "term": "dpv:DataProtectionOfficer",
            "label": "Data protection officer",
        },
        "name": "Dr. Ada Example",
        "represented_by": "Example Ltd.",
        "email": "dpo@example.org",
        "url": "https://example.org/contact",
        "phone": "+49 40 123456",
        "address": {
            "street": "Große Straße 1",
            "postal_code": "20354",
            "locality": "Hamburg",
            "region": None,
            "country": {"code": "DE", "label": "Germany"},
        },
        "external": True,
    }


def embed(words: Words) -> dict[str, Any]:
    return block(
        "optout",
        "embed",
        provider="matomo",
        url="https://stats.example.net/optout?lang=en&x=1",
        title="Switch off statistics",
        height=240,
        fallback={
            "markdown": "Or switch on *Do Not Track*.",
            "html": "<p>Or switch on <em>Do Not Track</em>.</p>",
        },
    )


def retention(words: Words) -> dict[str, Any]:
    kind = words.coded("dpv:TemporalDuration", "Fixed period")
    period = {"iso": "P10Y", "label": "10 years"}
    rules: list[dict[str, object]] = [
        {"key": "bills", "applies_to": "Bills", "kind": kind, "duration": period, "until": None},
        {"key": "logs", "applies_to": "Logs", "kind": None, "duration": None, "until": "read"},
    ]
    return block("how-long", "retention", rules=[{**rule, "changed_in": 1} for rule in rules])


def cookies(words: Words) -> dict[str, Any]:
    session = {
        "key": "session",
        "name": "sid",
        "provider": None,
        "type": {"code": "cookie", "label": "Cookie"},
        "purpose": "Keeps you signed in.",
        "duration": {"iso": "session", "label": "Until you close the browser"},
        "third_party": False,
        "changed_in": 1,
    }
    foreign = session | {
        "key": "foreign",
        "name": "_pay",
        "provider": {"key": "paypal", "name": "PayPal"},
        "type": None,
        "duration": None,
        "third_party": True,
    }
    return block("jar", "cookies", items=[session, foreign])


def site_list(words: Words) -> dict[str, Any]:
    hosts = ["shop.example.org", "pay.example.org"]
    sites = [
        {"key": "forum", "name": "Example forum", "hosts": ["forum.example.org"]},
        {"key": "shop", "name": "Shop", "hosts": hosts},
    ]
    return block("sites", "site_list", sites=sites)


def license_block(words: Words) -> dict[str, Any]:
    return block(
        "license",
        "license",
        license=license_of(),
        markdown="Take *it*.",
        html="<p>Take <em>it</em>.</p>",
    )


def block(key: str, kind: str, **members: object) -> dict[str, Any]:
    """Return a block in edition form."""
    return {"key": key, "kind": kind, **members, "origin": "base"}


BODIES: Mapping[str, tuple[str, tuple[Any, ...]]] = {
    "promise": ("Our promise", (lambda words: words.text("intro", INTRO), notice)),
    "collect": ("What we collect", (processing, retention)),
    "recipients": ("Who receives data", (table,)),
    "cookies": ("Cookies & similar <things>", (cookies, embed)),
    "rights": (
        "Your rights",
        (rights, lambda words: block("people", "contacts", contacts=[contact("dpo")])),
    ),
    "about": (
        "About this policy",
        (site_list, license_block, lambda words: block("history", "changelog", limit=2)),
    ),
}
