"""The scene of a composition: everything a block may ask about one site and locale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from policy_api.domain import labels
from policy_api.domain.content.placeholders import fill
from policy_api.domain.content.source import Source
from policy_api.domain.content.vocabulary import CONTACT_TERMS, in_eea
from policy_api.domain.labels import words
from policy_api.domain.rendering import markdown
from policy_api.domain.variants.effective import EffectivePolicy, sites_of
from policy_api.domain.variants.tree import Node
from policy_api.domain.variants.values import localized

WORLD = "001"


@lru_cache(maxsize=4096)
def html_of(text: str) -> str:
    """Render Markdown once, however many sites and versions share the text."""
    return markdown.to_html(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteScene:
    """One site's policy in one locale, seen from inside one section."""

    source: Source
    effective: EffectivePolicy
    locale: str
    source_locale: str
    values: Mapping[str, str]
    tables: Mapping[str, Node]
    """Tables in the section's text locale, placeholders filled."""

    def word(self, text: str) -> str:
        """Return one of the program's words in the locale."""
        return labels.label(text, self.locale)

    def coded(self, code: str | None) -> dict[str, str] | None:
        """Return a CURIE with its label."""
        if code is None:
            return None
        return {"code": code, "label": labels.term_label(code, self.locale)}

    def codes(self, codes: Iterable[str] | None) -> list[dict[str, str]]:
        """Return several CURIEs with their labels."""
        return [coded for code in codes or () if (coded := self.coded(code)) is not None]

    def name(self, value: object) -> str | None:
        """Return a name in the locale, else in the source locale."""
        return localized(value, locale=self.locale, source_locale=self.source_locale)

    def categories(self, keys: Iterable[str] | None) -> list[dict[str, Any]] | None:
        """Return data categories: the organization's own by key, terms by CURIE."""
        return None if keys is None else [self._category(key) for key in keys]

    def _category(self, key: str) -> dict[str, Any]:
        own = self.source.entries.get(f"categories/{key}")
        if own is None:
            coded = self.coded(key)
            return {"key": None, **(coded or {})}
        return {"key": key, "code": own.get("term"), "label": self.name(own["label"])}

    def period(self, iso: str | None) -> dict[str, str] | None:
        """Return an ISO 8601 period with its label."""
        return None if iso is None else {"iso": iso, "label": labels.duration(iso, self.locale)}

    def contact(self, key: str) -> dict[str, Any]:
        """Return a contact in edition form."""
        entry = self.source.entries[f"contacts/{key}"]
        role = entry["role"]
        return {
            "key": key,
            "role": {
                "code": role,
                "term": CONTACT_TERMS[role],
                "label": self.word(words.CONTACT_ROLES[role]),
            },
            "name": self.name(entry.get("name")),
            **{name: entry.get(name) for name in ("represented_by", "email", "url", "phone")},
            "address": self._address(entry.get("address")),
            "external": entry.get("external"),
        }

    def _address(self, address: Mapping[str, Any] | None) -> dict[str, Any] | None:
        if address is None:
            return None
        lines = {
            name: address.get(name) for name in ("street", "postal_code", "locality", "region")
        }
        code = address.get("country")
        country = None
        if code is not None:
            country = {"code": code, "label": labels.country(code, self.locale)}
        return {**lines, "country": country}

    def recipient(self, key: str) -> dict[str, Any]:
        """Return a recipient in edition form."""
        entry = self.source.entries[f"recipients/{key}"]
        return {
            "key": key,
            "name": entry["name"],
            "legal_name": entry.get("legal_name"),
            "country": entry.get("country"),
            "privacy_policy_url": entry.get("privacy_policy_url"),
            "url": entry.get("url"),
            "service": self.name(entry.get("service")),
        }

    def table(self, key: str) -> dict[str, Any]:
        """Return a recipient table in edition form."""
        table = self.tables[key]
        columns = [
            {"key": column, "label": self.word(words.COLUMNS[column])}
            for column in table["columns"]
        ]
        rows = [self._row(row, f"tables/{key}/rows/{row['key']}") for row in table["rows"]]
        return {"caption": table.get("caption"), "columns": columns, "rows": rows}

    def _row(self, row: Node, address: str) -> dict[str, Any]:
        recipient = self.source.entries[f"recipients/{row['recipient']}"]
        locations = row.get("locations")
        used_on = {"sites": self.sites(row["used_on"])} if "used_on" in row else {}
        return {
            "key": row["key"],
            "recipient": self.recipient(row["recipient"]),
            "role": self.coded(row.get("role") or recipient.get("role")),
            "purpose": row.get("purpose"),
            "purposes": self.codes(row.get("purposes")),
            "legal_basis": self.coded(row.get("legal_basis")),
            "special_basis": self.coded(row.get("special_basis")),
            "legitimate_interest": row.get("legitimate_interest"),
            "data_categories": self.categories(row.get("data_categories")),
            "data_categories_open": row.get("data_categories_open", False),
            "locations": None if locations is None else [self._place(at) for at in locations],
            "transfer": self._transfer(row.get("transfer") or {}, locations),
            "retention": row.get("retention"),
            "required": row.get("required"),
            "source_of_data": self.coded(row.get("source_of_data")),
            "replaces": recipient.get("replaces"),
            **used_on,
            "origin": self.effective.origin(address),
        }

    def _place(self, place: Mapping[str, Any]) -> dict[str, Any]:
        parts = {name: place.get(name) for name in ("country", "region", "place")}
        return {
            **parts,
            "label": labels.place_label(
                place.get("country"), place.get("region"), place.get("place"), self.locale
            ),
        }

    def _transfer(
        self, stated: Mapping[str, Any], locations: Iterable[Mapping[str, Any]] | None
    ) -> dict[str, Any]:
        outside = stated.get("outside_eea")
        return {
            "outside_eea": outside_eea(locations) if outside is None else outside,
            "mechanism": self.coded(stated.get("mechanism")),
            "copy": stated.get("copy"),
        }

    def sites(self, chosen: str | list[str]) -> list[dict[str, Any]]:
        """Return sites by key; ``"*"`` is every site that has the policy."""
        keys = sites_of(self.source, self.effective.policy) if chosen == "*" else chosen
        return [self.site(key) for key in keys]

    def site(self, key: str) -> dict[str, Any]:
        """Return one site's key, name and hosts."""
        entry = self.source.entries[f"sites/{key}"]
        return {"key": key, "name": self.name(entry["name"]), "hosts": list(entry["hosts"])}

    def license(self) -> dict[str, Any] | None:
        """Return the policy's license with absent parts as None."""
        stated = self.effective.entry.get("license")
        if stated is None:
            return None
        return {name: stated.get(name) for name in ("spdx", "url", "attribution", "adapted_from")}

    def url(self, template: str) -> str:
        """Return an address with its placeholders filled and percent-encoded."""
        return fill(template, self.values, form="url")

    def html(self, markdown: str) -> str:
        """Return sanitized HTML of a Markdown text."""
        return html_of(markdown)


def outside_eea(locations: Iterable[Mapping[str, Any]] | None) -> bool | None:
    """Tell whether data leaves the EEA, from the places where it is handled.

    A place with only a region tells nothing, except the whole world, which holds more than
    the EEA.
    """
    if locations is None:
        return None
    places = list(locations)
    countries = [place.get("country") for place in places]
    if any(code is not None and not in_eea(code) for code in countries):
        return True
    if any(place.get("region") == WORLD for place in places):
        return True
    return None if None in countries or not countries else False
