"""An organization of any size: sites, languages, sections and rows by number."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from policy_api.domain.content.source import Source
from policy_api.domain.content.texts import text_hash
from policy_api.domain.entries.base import load_entry

Entries = dict[str, Any]

LOCALES = ("en", "de", "fr", "es", "it", "nl", "pl", "pt", "sv", "cs")
SYLLABLES = (
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "je",
    "lo",
    "mu",
    "pe",
    "qui",
    "ro",
    "ein",
    "ung",
    "tion",
)
WORDS_IN_TEXT = 85
WITH_OVERLAY = 10
"""Of so many sites one has words of its own."""

COUNTRIES = ("DE", "FR", "IE", "AT", "NL", "SE")
REACHED_AT = {
    "email": "privacy@example.org",
    "address": {"street": "Long Street 1", "locality": "Vienna", "country": "AT"},
}
ROW_TEXTS = (("purpose", 100_000, 10), ("retention", 200_000, 5))
"""Field of a row → number of its first text, and words in it."""

ASKED = ("A15", "A16", "A17", "A18", "A20", "A77")
PURPOSES = ("dpv:ServiceProvision", "dpv:ServiceUsageAnalytics", "dpv:PaymentManagement")
CATEGORIES = ("pd:IPAddress", "pd:EmailAddress", "pd:Name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much there is to publish."""

    sites: int = 10
    locales: int = 5
    sections: int = 13
    rows: int = 10
    policies: int = 1

    @property
    def editions(self) -> int:
        """Return how many editions one release of everything has."""
        return self.sites * self.locales * self.policies

    def __str__(self) -> str:
        policies = f" × {self.policies} policies" if self.policies > 1 else ""
        return (
            f"{self.sites} sites × {self.locales} locales{policies}, "
            f"{self.sections} sections, {self.rows} rows"
        )


def source(size: Size, *, edited: int = 0, own: int = 0) -> Source:
    """Return the whole source.

    :param edited: Another number gives another first section, on all sites.
    :param own: Another number gives another name of the first site alone.
    """
    written = dict(_written(size, edited=edited, own=own))
    return Source.from_entries({path: load_entry(path, entry) for path, entry in written.items()})


def _written(size: Size, *, edited: int, own: int) -> Iterator[tuple[str, Entries]]:
    locales = list(LOCALES[: size.locales])
    yield "organization", {"name": "Example", "legal_name": "Example AG", "source_locale": "en"}
    for role in ("controller", "dpo"):
        yield f"contacts/{role}", {"role": role, "name": f"Example {role}", **REACHED_AT}
    for number in range(size.sites):
        extra = {"vars": {"own": f"edit {own}"}} if number == 0 else {"vars": {"own": "none"}}
        yield (
            f"sites/{site_key(number)}",
            {
                "name": f"Example site {number}",
                "hosts": [f"{site_key(number)}.example.org"],
                "locales": locales,
                **extra,
            },
        )
    for number in range(size.rows):
        yield f"recipients/r{number}", _recipient(number)
    for number in range(size.policies):
        yield from _policy(f"policy-{number}", size, locales, edited=edited)


def site_key(number: int) -> str:
    """Return the key of a site."""
    return f"site-{number:05}"


def _recipient(number: int) -> Entries:
    name = text("en", number, words=2)
    return {
        "name": name,
        "legal_name": f"{name} GmbH",
        "country": COUNTRIES[number % len(COUNTRIES)],
        "role": "dpv:DataProcessor",
        "privacy_policy_url": f"https://r{number}.example/privacy",
    }


def _policy(
    policy: str, size: Size, locales: list[str], *, edited: int
) -> Iterator[tuple[str, Entries]]:
    keys = [f"section-{number}" for number in range(size.sections)]
    yield (
        f"policies/{policy}",
        {
            "title": f"Privacy ({policy})",
            "kind": "dpv:PrivacyNotice",
            "sections": [*keys, "recipients", "contact"],
            "placeholders": {"site.own": "text"},
            "gate": "urgent",
        },
    )
    for number, key in enumerate(keys):
        version = edited if number == 0 else 0
        yield from _section(policy, key, number, locales, edited=version)
    blocks: list[Entries] = [{"key": "table", "kind": "recipients_table", "table": "services"}]
    yield f"policies/{policy}/sections/recipients", {"heading": "Recipients", "blocks": blocks}
    yield f"policies/{policy}/sections/contact", {"heading": "Contact", "blocks": _contact()}
    yield from _table(policy, size, locales)
    for number in range(0, size.sites, WITH_OVERLAY):
        inserted = {
            "op": "insert_after",
            "target": f"sections/{keys[0]}/blocks/intro",
            "block": {
                "key": "here",
                "kind": "text",
                "markdown": f"Only on {{site.name}}, {number}.",
            },
        }
        yield f"policies/{policy}/overlays/{site_key(number)}", {"ops": [inserted]}


def _contact() -> list[Entries]:
    """Return what every policy has to say."""
    objection = {"key": "a21", "right": "eu-gdpr:A21", "text": "You can object at any time."}
    rights = [{"key": right.lower(), "right": f"eu-gdpr:{right}"} for right in ASKED]
    asked = {"exercise_contact": "dpo", "automated_decisions": False}
    return [
        {"key": "people", "kind": "contacts", "contacts": ["controller", "dpo"]},
        {"key": "objection", "kind": "rights", "rights": [objection], **asked},
        {"key": "rights", "kind": "rights", "rights": rights, **asked},
        {"key": "changes", "kind": "text", "markdown": "We tell you before the policy changes."},
        {"key": "news", "kind": "changelog", "limit": 3},
    ]


def _section(
    policy: str, key: str, number: int, locales: list[str], *, edited: int
) -> Iterator[tuple[str, Entries]]:
    written = (
        f"{text('en', number)} {{site.name}} {{site.own}} (edit {edited})."
        if (number == 0)
        else text("en", number)
    )
    heading = text("en", number, words=3)
    yield (
        f"policies/{policy}/sections/{key}",
        {
            "heading": heading,
            "blocks": [{"key": "intro", "kind": "text", "markdown": written}],
        },
    )
    for locale in locales[1:]:
        told = text(locale, number)
        if number == 0:
            told = f"{told} {{site.name}} {{site.own}} ({edited})."
        yield (
            f"policies/{policy}/locales/{locale}/sections/{key}",
            _units(
                {
                    "heading": (heading, text(locale, number, words=3)),
                    "blocks/intro/markdown": (written, told),
                }
            ),
        )


def _table(policy: str, size: Size, locales: list[str]) -> Iterator[tuple[str, Entries]]:
    rows = [_row(number) for number in range(size.rows)]
    yield (
        f"policies/{policy}/tables/services",
        {
            "caption": "Services",
            "columns": ["recipient", "purpose", "legal_basis", "locations"],
            "rows": rows,
        },
    )
    for locale in locales[1:]:
        texts = {
            f"rows/{row['key']}/{name}": (row[name], text(locale, first + number, words=words))
            for number, row in enumerate(rows)
            for name, first, words in ROW_TEXTS
        }
        yield f"policies/{policy}/locales/{locale}/tables/services", _units(texts)


def _row(number: int) -> Entries:
    return {
        "key": f"row-{number}",
        "recipient": f"r{number}",
        **{name: text("en", first + number, words=words) for name, first, words in ROW_TEXTS},
        "purposes": list(PURPOSES[: 1 + number % 3]),
        "legal_basis": "eu-gdpr:A6-1-b",
        "data_categories": list(CATEGORIES[: 1 + number % 3]),
        "locations": [{"country": COUNTRIES[number % len(COUNTRIES)]}],
        "applies_to": ["*"],
    }


def _units(texts: dict[str, tuple[str, str]]) -> Entries:
    return {
        "units": {
            path: {"text": told, "source_hash": text_hash(written)}
            for path, (written, told) in texts.items()
        }
    }


@lru_cache(maxsize=100_000)
def text(locale: str, number: int, words: int = WORDS_IN_TEXT) -> str:
    """Return the same words for the same locale and number; no two are alike."""
    chance = random.Random(f"{locale}/{number}/{words}")  # noqa: S311 -- filler, no secret
    made = ("".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) for _ in range(words))
    return " ".join(made).capitalize()
