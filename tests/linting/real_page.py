"""The page the sample was modelled on, as far as rules can see it: facts, and a few words of ours.

Roles and bases are those the page states, not those somebody read into it.
"""

from __future__ import annotations

from typing import Any

from policy_api.domain.content.source import Source
from policy_api.domain.entries.base import load_entry
from tests.sample.facts import (
    BY_CONSENT,
    CATEGORIES,
    CONTACTS,
    HOSTS,
    PROCESSING,
    RECIPIENTS,
    RETENTION,
    ROWS,
    ROWS_BY_SITE,
    SECTIONS,
)

Entries = dict[str, Any]

STATED_BASIS = {BY_CONSENT: "eu-gdpr:A6-1-a-explicit-consent"}
"""The newsletter row calls its consent explicit."""

STATED_ROLES = {"alwaysdata": "dpv:DataSubProcessor"}
"""The only role the page names is in the head of its first table."""

RIGHTS = ("A15", "A16", "A17", "A18", "A20", "A77")
POLICY = "policies/privacy"

WORDS = {
    "introduction": "Here we describe which data we hold about visitors, customers and people who "
    "write to us, what it is for, and who receives it besides ourselves.",
    "scope": "The rules below cover {site.name} and every other address in this list.",
    "matomo-cloud": "A hosted product of another company is not covered. Read the rules of that "
    "company before opening an account there.",
    "controller": "A team and many volunteers run the project together. One person acts for it "
    "in court. Data about people is not for sale.",
    "data-we-collect": "The list shows four occasions on which data about people comes to us.",
    "your-rights": "Send a message from the mailbox under which we know the sender; that is how "
    "we find the records. Records kept for customers are theirs, so ask them.",
    "processors": "This company works for us under a contract and follows our orders.",
    "third-party-services": "These services learn something whenever a page of ours calls them.",
    "policy-changes": "Whenever something important changes, a banner on the website or an e-mail "
    "announces it.",
    "data-protection-officer": "Delicate matters belong in a letter, because mail on the internet "
    "is easy to read for others. Name the company in the letter.",
    "reuse": "No lawyer wrote this, and nobody promises that it suits another website.",
}


def real_page() -> Source:
    """Return the page as a source."""
    authored = {
        "organization": {
            "name": "Matomo",
            "established_in_eea": False,
            "dpo_designated": True,
            "legal_representative": "Matthieu Aubry",
        },
        **{f"sites/{key}": site(key) for key in HOSTS},
        **{f"contacts/{key}": {"name": key, **contact} for key, contact in CONTACTS.items()},
        **{f"recipients/{key}": recipient(key) for key in RECIPIENTS},
        **{f"categories/{key}": {"label": key, "term": term} for key, term in CATEGORIES.items()},
        POLICY: {
            "title": "Privacy policy",
            "sections": SECTIONS.split(),
        },
        **{f"{POLICY}/sections/{key}": section(key) for key in SECTIONS.split()},
        **{f"{POLICY}/tables/{key}": table(key) for key in ("processors", "third-party-services")},
    }
    return Source.from_entries({path: load_entry(path, entry) for path, entry in authored.items()})


def site(key: str) -> Entries:
    """Return a site; all derive from the main one, in English only."""
    derived = {"umbrella": True} if key == "main" else {"base": "main"}
    return {"name": f"Matomo {key}", "hosts": [HOSTS[key]], "locales": ["en"], **derived}


def recipient(key: str) -> Entries:
    """Return a recipient; its service stands in for a purpose only in the first table."""
    name, _ = RECIPIENTS[key]
    role = {"role": STATED_ROLES[key]} if key in STATED_ROLES else {}
    return {"name": name, "service": "Servers", **role}


def table(key: str) -> Entries:
    """Return one of the two tables, each with its own columns."""
    processors = key == "processors"
    chosen = [name for name, row in ROWS.items() if row[-1] == processors]
    columns = ["recipient", "locations", "service"] if processors else ["recipient", "purpose"]
    return {"columns": columns, "rows": [row(name) for name in chosen]}


def row(key: str) -> Entries:
    """Return a disclosure; the first table has no columns for purpose, basis and data."""
    who, purposes, basis, (country, region, place), data, outside, processors = ROWS[key]
    location = {"country": country, "region": region, "place": place}
    return {
        "key": key,
        "recipient": who,
        "purpose": None if processors else f"What {who} does",
        "purposes": [f"dpv:{purpose}" for purpose in purposes.split()],
        "legal_basis": STATED_BASIS.get(basis or "", basis),
        **listed(data),
        "locations": [{name: value for name, value in location.items() if value}],
        "transfer": {"outside_eea": outside},
        "source_of_data": "dpv:DataSubjectDataSource",
        "applies_to": sites_with(key),
    }


def sites_with(row_key: str) -> list[str]:
    """Return the sites that show a row."""
    return [key for key, rows in ROWS_BY_SITE.items() if row_key in rows.split()] or ["main"]


def listed(data: str | None) -> Entries:
    """Return a list of data from the notation of the facts."""
    if data is None:
        return {}
    keys = [key for key in data.split() if key != "…"]
    return {"data_categories": keys, "data_categories_open": "…" in data}


def section(key: str) -> Entries:
    """Return a section: our words, then its facts."""
    words = WORDS.get(key)
    text = [{"key": "text", "kind": "text", "markdown": words}] if words else []
    return {"heading": key.replace("-", " ").capitalize(), "blocks": [*text, *facts(key)]}


def facts(key: str) -> list[Entries]:
    """Return the blocks of a section that hold facts."""
    shown = {
        "controller": ["privacy-team"],
        "contact": ["privacy-team", "contact-form"],
        "eu-representative": ["eu-representative"],
        "data-protection-officer": ["dpo"],
    }
    by_section: dict[str, Entries] = {
        "scope": {"kind": "site_list", "sites": "*"},
        "data-we-collect": {"kind": "processing", "items": processing()},
        # The extracted page has lost its opt-out control; nothing is left to read.
        "analytics-opt-out": {
            "kind": "embed",
            "provider": "matomo",
            "url": "https://matomo.org/privacy-policy/#optout",
            "title": "Opt-out",
            "fallback": "…",
        },
        "your-rights": {
            "kind": "rights",
            "rights": [{"key": code.lower(), "right": f"eu-gdpr:{code}"} for code in RIGHTS],
            "exercise_contact": "privacy-team",
        },
        "processors": {"kind": "recipients_table", "table": "processors"},
        "third-party-services": {"kind": "recipients_table", "table": "third-party-services"},
        "retention": {"kind": "retention", "rules": retention()},
        # “CC BY” and no more: neither an identifier with a version nor a link.
        "reuse": {"kind": "license", "markdown": "The words are free under CC BY."},
        **{place: {"kind": "contacts", "contacts": keys} for place, keys in shown.items()},
    }
    return [{"key": "facts", **by_section[key]}] if key in by_section else []


def processing() -> list[Entries]:
    """Return what the publisher does itself."""
    return [
        {
            "key": key,
            "label": key,
            "purpose": f"Purpose of {key}",
            "purposes": [f"dpv:{purpose}" for purpose in purposes.split()],
            **listed(data),
        }
        for key, (purposes, data) in PROCESSING.items()
    ]


def retention() -> list[Entries]:
    """Return the three general clauses."""
    return [
        {"key": key, "applies_to": key, "kind": kind, "until": "something ends"}
        for key, kind in RETENTION.items()
    ]
