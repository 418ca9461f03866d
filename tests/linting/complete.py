"""A policy that says everything: every rule has a case in it, and every rule passes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from policy_api.domain.changes.types import Significance
from policy_api.domain.content.source import Source
from policy_api.domain.content.texts import text_hash
from policy_api.domain.entries.base import load_entry
from policy_api.domain.entries.units import entry_units
from policy_api.domain.linting.findings import Report
from policy_api.domain.linting.runner import lint
from policy_api.domain.linting.view import Release

Entries = dict[str, Any]
NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
POLICY = "policies/privacy"
RIGHTS = ("A15", "A16", "A17", "A18", "A20", "A77", "A22")

PLAIN = (
    "This page is about {site.name}. It says which data we hold and why. We keep records of orders "
    "for ten years, because a law asks for it, and everything else for 30 days. Nobody outside the "
    "list below receives anything. Write to {contact.office.email} and a person answers. "
    "The rules of [the authority](https://example.eu/rules) hold for us as well. Each sentence "
    "has been read by people who do not work with the law, and the ones they did not understand "
    "were written again. What we do not mention is not done. What we stop doing disappears from "
    "this page, and what we begin to do is written down before it begins."
)
LICENSE = {
    "spdx": "CC-BY-4.0",
    "url": "https://creativecommons.org/licenses/by/4.0/",
    "attribution": "Example Inc.",
    "adapted_from": "“Model policy” by A. Writer, https://example.eu/model, changed",
}
CHANGES = "We announce every important change by e-mail, thirty days ahead."


def facts(**more: object) -> Entries:
    """Return what a row and an item have in common."""
    return {
        "purpose": "Keeping the service running.",
        "purposes": ["dpv:ServiceProvision"],
        "legal_basis": "eu-gdpr:A6-1-b",
        "data_categories": ["name"],
        "retention": "Thirty days.",
        "required": "Without it there is no contract.",
        **more,
    }


def row(key: str, recipient: str, country: str, **more: object) -> Entries:
    """Return a disclosure."""
    return facts(
        key=key,
        recipient=recipient,
        locations=[{"country": country}],
        applies_to=["*"],
        **more,
    )


def entries() -> Entries:
    """Return the authored entries."""
    return {
        "organization": {
            "name": "Example",
            "legal_name": "Example Inc.",
            "country": "US",
            "established_in_eea": False,
            "dpo_designated": True,
        },
        "sites/main": {
            "name": "Example website",
            "hosts": ["example.org"],
            "locales": ["en", "de"],
        },
        **contacts(),
        **recipients(),
        "categories/name": {"label": "Name", "term": "pd:Name"},
        "categories/ip": {"label": "IP address", "term": "pd:IPAddress"},
        "categories/health": {"label": "Health", "term": "pd:Health"},
        "categories/credit": {"label": "Credit score", "obtained_from_person": False},
        POLICY: {
            "title": "Privacy policy",
            "sections": ["about", "data", "rights", "policy-changes"],
            "license": dict(LICENSE),
        },
        f"{POLICY}/tables/services": {"columns": ["recipient", "purpose"], "rows": rows()},
        **sections(),
    }


def contacts() -> Entries:
    """Return everybody who can be reached."""
    street = {"street": "Main Road 1", "postal_code": "1000", "locality": "Town"}
    return {
        "contacts/office": {
            "role": "controller",
            "name": "Example",
            "email": "privacy@example.org",
            "address": {**street, "country": "US"},
        },
        "contacts/union": {
            "role": "eu_representative",
            "name": "Example Rep",
            "address": {**street, "country": "IE"},
        },
        "contacts/kingdom": {
            "role": "uk_representative",
            "name": "Example UK",
            "address": {**street, "country": "GB"},
        },
        "contacts/officer": {"role": "dpo", "name": "Dana", "email": "dpo@example.org"},
        "contacts/regulator": {"role": "authority", "name": "ICO", "url": "https://ico.org.uk/"},
    }


def recipients() -> Entries:
    """Return everybody who receives data."""
    return {
        "recipients/host": {"name": "Host", "role": "dpv:DataProcessor", "service": "Servers"},
        "recipients/ally": {
            "name": "Ally",
            "role": "dpv:JointDataControllers",
            "arrangement_summary": "Ally answers requests, we keep the records.",
        },
        "recipients/payer": {"name": "Payer", "role": "dpv:ThirdParty"},
        "recipients/lab": {"name": "Lab", "role": "dpv:DataController"},
        "recipients/carriers": {
            "name": "Carriers",
            "group": True,
            "service": "Delivery",
            "sector": "Parcels",
            "country": "DE",
            "role": "dpv:ThirdParty",
        },
    }


def rows() -> list[Entries]:
    """Return the disclosures."""
    return [
        row(
            "hosting",
            "host",
            "FR",
            legal_basis=None,
            purposes=["dpv:TechnicalServiceProvision"],
            data_categories=["ip"],
        ),
        row(
            "statistics",
            "ally",
            "DE",
            legal_basis="eu-gdpr:A6-1-f",
            legitimate_interest="We want to know which pages are read.",
        ),
        row(
            "payments",
            "payer",
            "US",
            transfer={"mechanism": "eu-gdpr:A46-2-c", "copy": "Ask Payer for its contract."},
            data_categories=["name", "credit"],
            source_of_data="dpv:ThirdPartyDataSource",
        ),
        row(
            "research",
            "lab",
            "CH",
            legal_basis="eu-gdpr:A6-1-a-explicit-consent",
            special_basis="eu-gdpr:A9-2-a",
            data_categories=["health"],
            transfer={"mechanism": "eu-gdpr:A45-3"},
        ),
        row("parcels", "carriers", "DE"),
    ]


def sections() -> Entries:
    """Return the sections."""
    blocks = {
        "about": about(),
        "data": handled(),
        "rights": rights(),
        "policy-changes": [
            {"key": "text", "kind": "text", "markdown": CHANGES},
            {"key": "latest", "kind": "changelog"},
        ],
    }
    return {
        f"{POLICY}/sections/{key}": {"heading": key.capitalize(), "blocks": inside}
        for key, inside in blocks.items()
    }


def about() -> list[Entries]:
    """Return who publishes, where, and how to reach them."""
    shown = ["office", "union", "kingdom", "officer", "regulator"]
    embed = {
        "provider": "switch",
        "url": "https://example.org/switch",
        "title": "Switch",
        "fallback": "Write to us and we switch it off.",
    }
    return [
        {"key": "text", "kind": "text", "markdown": PLAIN},
        {"key": "sites", "kind": "site_list", "sites": "*"},
        {"key": "people", "kind": "contacts", "contacts": shown},
        {"key": "switch", "kind": "embed", **embed},
    ]


def handled() -> list[Entries]:
    """Return what is done with data, where it goes and how long it stays."""
    cookie = {
        "key": "session",
        "name": "sid",
        "purpose": "Signing in.",
        "duration": "session",
        "third_party": False,
    }
    rule = {"key": "all", "applies_to": "Everything", "duration": "P30D"}
    return [
        {"key": "own", "kind": "processing", "items": [facts(key="orders", label="Orders")]},
        {"key": "cookies", "kind": "cookies", "items": [cookie]},
        {"key": "table", "kind": "recipients_table", "table": "services"},
        {"key": "storage", "kind": "retention", "rules": [rule]},
    ]


def rights() -> list[Entries]:
    """Return the rights, that to object apart from the others."""
    stated = [{"key": code.lower(), "right": f"eu-gdpr:{code}"} for code in RIGHTS]
    stated.append({"key": "withdraw", "right": "eu-gdpr:A7-3", "text": "Press “stop” at any time."})
    objection = [{"key": "object", "right": "eu-gdpr:A21"}]
    return [
        {
            "key": "all",
            "kind": "rights",
            "rights": stated,
            "exercise_contact": "office",
            "automated_decisions": False,
        },
        {"key": "objection", "kind": "rights", "rights": objection},
    ]


def release() -> Release:
    """Return a material change that was announced as promised."""
    return Release(
        version=2,
        previous=1,
        significance=Significance.MATERIAL,
        published_at=NOW - timedelta(days=1),
        effective_at=NOW + timedelta(days=29),
        notice_days=30,
        summary={"en": "A new recipient.", "de": "Ein neuer Empfänger."},
    )


@dataclass(kw_only=True)
class Situation:
    """What is linted; tests spoil it."""

    entries: Entries = field(default_factory=entries)
    release: Release | None = field(default_factory=release)
    packs: tuple[str, ...] = ()
    translations: dict[str, Entries] = field(default_factory=dict)
    """Address → fields of the German unit that differ from a faithful translation."""

    def source(self) -> Source:
        """Return the source, with a German translation of every text."""
        loaded = {path: load_entry(path, entry) for path, entry in self.entries.items()}
        locales = self.entries["sites/main"]["locales"]
        if "de" not in locales:
            return Source.from_entries(loaded)
        german = {
            f"{POLICY}/locales/de/{owner}": load_entry(
                f"{POLICY}/locales/de/{owner}", {"units": self._units(owner, loaded)}
            )
            for owner in owners(loaded)
        }
        return Source.from_entries(loaded | german)

    def _units(self, owner: str, loaded: Entries) -> Entries:
        path = POLICY if owner == "policy" else f"{POLICY}/{owner}"
        units = {}
        for unit in entry_units(path, loaded[path]):
            address = unit.path if owner == "policy" else f"{owner}/{unit.path}"
            faithful = {"text": f"De {unit.text}", "source_hash": text_hash(unit.text)}
            units[unit.path] = faithful | self.translations.get(address, {})
        return units

    def report(self) -> Report:
        """Lint it."""
        releases = {} if self.release is None else {("main", "privacy"): self.release}
        return lint(self.source(), now=NOW, releases=releases, packs=self.packs)

    def row(self, key: str) -> Entries:
        """Return a row, to be spoiled."""
        found: Entries = next(
            each for each in self.entries[f"{POLICY}/tables/services"]["rows"] if each["key"] == key
        )
        return found

    def block(self, section: str, key: str) -> Entries:
        """Return a block, to be spoiled."""
        blocks = self.entries[f"{POLICY}/sections/{section}"]["blocks"]
        found: Entries = next(each for each in blocks if each["key"] == key)
        return found

    def remove_block(self, section: str, key: str) -> None:
        """Take a block out."""
        blocks = self.entries[f"{POLICY}/sections/{section}"]["blocks"]
        blocks.remove(self.block(section, key))

    def remove_right(self, code: str) -> None:
        """Take a right out of every block, and blocks that are empty then."""
        path = f"{POLICY}/sections/rights"
        for block in self.entries[path]["blocks"]:
            block["rights"] = [each for each in block["rights"] if each["right"] != code]
        self.entries[path]["blocks"] = [
            block for block in self.entries[path]["blocks"] if block["rights"]
        ]

    @property
    def item(self) -> Entries:
        """What the publisher does itself."""
        found: Entries = self.block("data", "own")["items"][0]
        return found

    @property
    def organization(self) -> Entries:
        """The organization's entry."""
        found: Entries = self.entries["organization"]
        return found

    @property
    def policy(self) -> Entries:
        """The policy's entry."""
        found: Entries = self.entries[POLICY]
        return found

    def no_rows(self) -> None:
        """Take all disclosures out."""
        self.entries[f"{POLICY}/tables/services"]["rows"] = []

    def no_processing(self) -> None:
        """Take everything out that is done with data."""
        self.no_rows()
        self.remove_block("data", "own")

    def terms_of_use(self) -> None:
        """Make it another kind of document."""
        self.policy["kind"] = "dpv:EULA"


Edit = Callable[[Situation], object]


def owners(loaded: Entries) -> list[str]:
    """Return everything that has texts to translate."""
    parts = [path.removeprefix(f"{POLICY}/") for path in loaded if path.startswith(f"{POLICY}/")]
    return ["policy", *parts]


def spoiled(edit: Edit) -> Situation:
    """Return the complete policy after an edit."""
    situation = Situation()
    edit(situation)
    return situation
