"""A small organization with three sites, for tests of variants, editions and releases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policy_api.domain.content.source import Source
from policy_api.domain.content.texts import text_hash
from policy_api.domain.entries.base import load_entry

Entries = dict[str, Any]

WELCOME = "We keep *little* at {site.name}."
PAYMENT = "Takes payments."


def row(key: str, recipient: str, applies_to: list[str], **more: object) -> Entries:
    """Return a row as an author writes it."""
    return {
        "key": key,
        "recipient": recipient,
        "purpose": "Runs servers.",
        "purposes": ["dpv:TechnicalServiceProvision"],
        "legal_basis": "eu-gdpr:A6-1-f",
        "data_categories": ["ip"],
        "locations": [{"country": "FR", "place": "Paris"}],
        "applies_to": applies_to,
        **more,
    }


def entries() -> Entries:
    """Return the authored entries, to be changed by a test."""
    return {**parties(), **policy(), **german()}


def parties() -> Entries:
    """Return who publishes, where, and who receives data."""
    return {
        "organization": {"name": "Example", "source_locale": "en"},
        "sites/main": {
            "name": {"en": "Example website", "de": "Beispielseite"},
            "hosts": ["example.org"],
            "umbrella": True,
            "locales": ["en", "de"],
        },
        "sites/shop": {
            "name": "Example shop",
            "hosts": ["shop.example.org"],
            "base": "main",
            "locales": ["en", "de"],
        },
        "sites/forum": {
            "name": "Example forum",
            "hosts": ["forum.example.org"],
            "base": "main",
            "locales": ["en"],
        },
        "contacts/dpo": {"role": "dpo", "name": "Example DPO", "email": "dpo@example.org"},
        "recipients/hoster": {"name": "Hoster", "country": "FR", "role": "dpv:DataProcessor"},
        "recipients/payer": {"name": "Payer", "country": "US", "role": "dpv:ThirdParty"},
        "categories/ip": {
            "label": {"en": "IP address", "de": "IP-Adresse"},
            "term": "pd:IPAddress",
        },
    }


def policy() -> Entries:
    """Return the policy in English."""
    return {
        "policies/privacy": {
            "title": "Privacy policy",
            "kind": "dpv:PrivacyNotice",
            "sections": ["welcome", "recipients", "contact"],
        },
        "policies/privacy/sections/welcome": {
            "heading": "Welcome",
            "blocks": [{"key": "intro", "kind": "text", "markdown": WELCOME}],
        },
        "policies/privacy/sections/recipients": {
            "heading": "Who receives data",
            "blocks": [{"key": "table", "kind": "recipients_table", "table": "services"}],
        },
        "policies/privacy/sections/contact": {
            "heading": "Contact",
            "blocks": [{"key": "people", "kind": "contacts", "contacts": ["dpo"]}],
        },
        "policies/privacy/tables/services": {
            "caption": "Services",
            "columns": ["recipient", "purpose", "legal_basis", "locations"],
            "rows": [
                row("hosting", "hoster", ["*"]),
                row("payments", "payer", ["shop"], purpose=PAYMENT, locations=[{"country": "US"}]),
            ],
        },
    }


def german() -> Entries:
    """Return the German units; the section on contacts has none."""
    return {
        "policies/privacy/locales/de/policy": units(title=("Privacy policy", "Datenschutz")),
        "policies/privacy/locales/de/sections/welcome": units(
            heading=("Welcome", "Willkommen"),
            **{"blocks/intro/markdown": (WELCOME, "Wir behalten *wenig* auf {site.name}.")},
        ),
        "policies/privacy/locales/de/sections/recipients": units(
            heading=("Who receives data", "Wer Daten erhält")
        ),
        "policies/privacy/locales/de/tables/services": units(
            caption=("Services", "Dienste"),
            **{
                "rows/hosting/purpose": ("Runs servers.", "Betreibt Server."),
                "rows/payments/purpose": (PAYMENT, "Nimmt Zahlungen an."),
            },
        ),
    }


def units(**texts: tuple[str, str]) -> Entries:
    """Return a locale entry from unit path → (source text, translation)."""
    return {
        "units": {
            path: {"text": translation, "source_hash": text_hash(text)}
            for path, (text, translation) in texts.items()
        }
    }


def source(edits: Mapping[str, Any] | None = None) -> Source:
    """Return the small source, with entries replaced, added or (None) removed."""
    authored = entries() | dict(edits or {})
    return Source.from_entries(
        {path: load_entry(path, entry) for path, entry in authored.items() if entry is not None}
    )


def edited(path: str, **fields: object) -> Entries:
    """Return an edit that sets fields of one authored entry."""
    return {path: entries()[path] | fields}


def overlay(site: str, *ops: Mapping[str, Any]) -> Entries:
    """Return an edit that gives a site an overlay."""
    return {f"policies/privacy/overlays/{site}": {"ops": [dict(op) for op in ops]}}
