"""One full entry of every kind, in stored form; together they make a source that fits."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from policy_api.domain.content.texts import text_hash

Entries = dict[str, dict[str, Any]]

BLOCKS: list[dict[str, Any]] = [
    {
        "key": "intro",
        "kind": "text",
        "locked": True,
        "markdown": "We keep *little* at {site.name}.",
    },
    {
        "key": "promise",
        "kind": "notice",
        "tone": "promise",
        "markdown": "Your data is not for sale.",
    },
    {"key": "table", "kind": "recipients_table", "table": "services"},
    {
        "key": "data",
        "kind": "processing",
        "items": [
            {
                "key": "visits",
                "label": "Visits",
                "purpose": "To count visits.",
                "purposes": ["dpv:ServiceUsageAnalytics"],
                "legal_basis": "eu-gdpr:A6-1-f",
                "special_basis": "eu-gdpr:A9-2-a",
                "legitimate_interest": "Knowing what is read.",
                "data_categories": ["ip", "pd:BrowsingBehaviour"],
                "data_categories_open": True,
                "retention": "A year.",
                "required": "No.",
                "source_of_data": "dpv:DataSubjectDataSource",
            },
            {"key": "mail", "label": "Mail", "purpose": "To answer."},
        ],
    },
    {
        "key": "rights",
        "kind": "rights",
        "rights": [
            {"key": "access", "right": "eu-gdpr:A15", "text": "You can learn what we have."},
            {"key": "erasure", "right": "eu-gdpr:A17"},
        ],
        "exercise_contact": "dpo",
        "automated_decisions": False,
    },
    {"key": "people", "kind": "contacts", "contacts": ["dpo", "team"]},
    {
        "key": "switch",
        "kind": "embed",
        "provider": "opt-out",
        "url": "{site.switch_url}?site={site.key}",
        "title": "Switch",
        "fallback": "Write to [us](mailto:{contact.dpo.email}).",
        "height": 200,
    },
    {
        "key": "periods",
        "kind": "retention",
        "rules": [
            {
                "key": "accounts",
                "applies_to": "Accounts",
                "kind": "dpv:TemporalDuration",
                "duration": "P1Y6M",
                "until": "Until they are closed.",
            },
            {"key": "logs", "applies_to": "Logs"},
        ],
    },
    {
        "key": "device",
        "kind": "cookies",
        "items": [
            {
                "key": "session",
                "name": "SESSID",
                "provider": "payer",
                "type": "cookie",
                "purpose": "Keeps you signed in.",
                "duration": "session",
                "third_party": False,
            },
            {"key": "wish", "name": "wish", "purpose": "Keeps your wishes.", "duration": "P30D"},
        ],
    },
    {"key": "covered", "kind": "site_list", "sites": ["main", "forum"]},
    {"key": "reuse", "kind": "license", "markdown": "Copy it."},
    {"key": "news", "kind": "changelog", "limit": 5},
]
"""One block of every kind, with every field."""

_SECTION: dict[str, Any] = {
    "heading": "Welcome",
    "anchor": "top",
    "layer": 1,
    "locked": False,
    "blocks": BLOCKS,
}
_ROW: dict[str, Any] = {
    "key": "payments",
    "recipient": "payer",
    "role": "dpv:ThirdParty",
    "purpose": "Takes payments.",
    "purposes": ["dpv:PaymentManagement"],
    "legal_basis": "eu-gdpr:A6-1-b",
    "special_basis": "eu-gdpr:A9-2-a",
    "legitimate_interest": "Being paid.",
    "data_categories": ["pd:Name"],
    "data_categories_open": True,
    "locations": [{"country": "US", "place": "Omaha"}, {"region": "150"}],
    "transfer": {"outside_eea": True, "mechanism": "eu-gdpr:A46-2-c", "copy": "On request."},
    "retention": "Ten years.",
    "required": "Yes.",
    "source_of_data": "dpv:DataSubjectDataSource",
    "applies_to": ["forum", "main"],
    "locked": True,
}
_OVERLAY: dict[str, Any] = {
    "ops": [
        {
            "op": "override",
            "target": "sections/welcome/blocks/promise",
            "field": "markdown",
            "value": "Not even\n\nfor a lot.",
            "source_hash": text_hash("Your data is not for sale."),
            "reason": "The forum says it louder.",
        },
        {
            "op": "override",
            "target": "sections/welcome/blocks/data",
            "field": "items/visits/purpose",
            "value": "To see which posts are read.",
        },
        {"op": "hide", "target": "sections/welcome/blocks/news", "reason": "Not needed."},
        {
            "op": "insert_after",
            "target": "sections/welcome",
            "section": {
                "key": "posts",
                "heading": "Posts",
                "blocks": [{"key": "body", "kind": "text", "markdown": "Everyone can read them."}],
            },
        },
        {
            "op": "insert_before",
            "target": "sections/welcome/blocks/intro",
            "block": {"key": "hello", "kind": "text", "markdown": "Hello."},
        },
        {
            "op": "append_row",
            "target": "tables/services",
            "row": {
                "key": "mailing",
                "recipient": "payer",
                "purpose": "Sends mail.",
                "applies_to": ["*"],
            },
        },
        {"op": "hide_row", "target": "tables/services/rows/hosting"},
        {
            "op": "override_row",
            "target": "tables/services/rows/payments",
            "field": "legal_basis",
            "value": None,
        },
        {"op": "set_var", "name": "site.switch_url", "value": "https://forum.example.org/switch"},
    ]
}

EXAMPLES: Entries = {
    "organization": {
        "name": "Example",
        "legal_name": "Example gGmbH",
        "description": {"de": "Ein Beispiel", "en": "An example"},
        "country": "DE",
        "established_in_eea": True,
        "representative_exemption": "Established in the EEA.",
        "dpo_designated": True,
        "legal_representative": "Eve Example",
        "source_locale": "en",
        "vars": {"seat": "Berlin"},
    },
    "sites/main": {
        "name": {"de": "Beispielseite", "en": "Example website"},
        "hosts": ["example.org", "www.example.org"],
        "umbrella": True,
        "locales": ["en", "de"],
        "vars": {"switch_url": "https://example.org/switch"},
    },
    "sites/forum": {
        "name": "Forum",
        "hosts": ["forum.example.org"],
        "base": "main",
        "umbrella": False,
        "locales": ["en", "de", "pt-BR"],
        "policies": ["privacy"],
        "notice_period_days": 30,
        "purpose": "Discussion.",
        "pages": {"privacy": "/privacy/"},
        "vars": {"switch_url": "https://forum.example.org/old-switch"},
    },
    "contacts/dpo": {
        "role": "dpo",
        "name": "Dana Example",
        "represented_by": "Eve Example",
        "email": "dpo@example.org",
        "url": "https://example.org/dpo",
        "phone": "+49 30 123456",
        "address": {
            "street": "Hauptstraße 1",
            "postal_code": "01234",
            "locality": "Berlin",
            "region": "Berlin",
            "country": "DE",
        },
        "external": True,
    },
    "contacts/team": {"role": "privacy"},
    "recipients/payer": {
        "name": "Payer",
        "legal_name": "Payer Inc.",
        "group": False,
        "sector": {"de": "Zahlungsdienste", "en": "Payment services"},
        "country": "US",
        "role": "dpv:ThirdParty",
        "service": {"de": "Zahlung", "en": "Payment"},
        "url": "https://payer.example",
        "privacy_policy_url": "https://payer.example/privacy",
        "replaces": "old-payer",
        "arrangement_summary": "Each answers for itself.",
    },
    "categories/ip": {
        "label": {"de": "IP-Adresse", "en": "IP address"},
        "term": "pd:IPAddress",
        "special": False,
        "obtained_from_person": True,
    },
    "policies/privacy": {
        "title": "Privacy policy",
        "kind": "dpv:PrivacyNotice",
        "source_locale": "en",
        "authoritative_locale": "en",
        "sections": ["welcome"],
        "license": {
            "spdx": "CC-BY-4.0",
            "url": "https://creativecommons.org/licenses/by/4.0/",
            "attribution": "Example",
            "adapted_from": "Another text",
        },
        "placeholders": {"organization.seat": "text", "site.switch_url": "url"},
        "serve": "translated",
        "gate": "source_first",
    },
    "policies/privacy/sections/welcome": _SECTION,
    "policies/privacy/tables/services": {
        "caption": "Services of {organization.name}",
        "columns": ["recipient", "purpose", "transfer"],
        "rows": [
            _ROW,
            {"key": "hosting", "recipient": "payer", "data_categories": [], "applies_to": ["*"]},
        ],
    },
    "policies/privacy/overlays/forum": _OVERLAY,
    "policies/privacy/locales/de/policy": {
        "units": {"title": {"text": "Datenschutz", "state": "approved", "origin": "human"}}
    },
    "policies/privacy/locales/de/sections/welcome": {
        "units": {
            "blocks/intro/markdown": {
                "text": "Wir behalten *wenig* auf {site.name}.",
                "source_hash": text_hash("We keep *little* at {site.name}."),
            },
            "heading": {"text": "Willkommen", "state": "draft", "origin": "machine"},
        }
    },
    "policies/privacy/locales/de/tables/services": {
        "units": {
            "caption": {"text": "Dienste"},
            "rows/payments/transfer/copy": {"text": "Auf Anfrage."},
        }
    },
    "policies/privacy/locales/pt-BR/overlays/forum": {
        "units": {
            "sections/posts/heading": {"text": "Mensagens"},
            "sections/welcome/blocks/promise/markdown": {"text": "Nem\n\nassim."},
            "tables/services/rows/mailing/purpose": {"text": "Envia e-mail."},
        }
    },
}
"""Path → entry."""


def examples() -> Entries:
    """Return the entries, to be changed by a test."""
    return deepcopy(EXAMPLES)
