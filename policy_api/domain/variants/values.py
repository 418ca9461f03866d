"""Values of placeholders for one site and locale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policy_api.domain.content.source import Source
from policy_api.domain.languages import parents

CONTACT_FIELDS = ("email", "phone", "url", "name")
ORGANIZATION_FIELDS = ("name", "legal_name", "legal_representative")


def localized(value: object, *, locale: str, source_locale: str) -> str | None:
    """Return a name in a locale: its own, a parent's, the source locale's, else any."""
    if not isinstance(value, Mapping):
        return None if value is None else str(value)
    for tag in (locale, *parents(locale), source_locale):
        if tag in value:
            return str(value[tag])
    return next((str(text) for text in value.values()), None)


def placeholder_values(
    source: Source, site: str, *, variables: Mapping[str, object], locale: str, source_locale: str
) -> dict[str, str]:
    """Return every placeholder that has a value, by name.

    What overlays set wins over the site's own variables, those over its base's, those over the
    organization's.
    """
    found: dict[str, object] = {}
    found |= _named("organization", source.organization, ORGANIZATION_FIELDS)
    found |= _variables("organization", source.organization)
    for key, contact in _contacts(source):
        found |= _named(f"contact.{key}", contact, CONTACT_FIELDS)
    for link in source.site_chain(site):
        found |= _variables("site", source.entries[f"sites/{link}"])
    entry = source.entries[f"sites/{site}"]
    found |= {"site.key": site, "site.name": entry["name"]}
    if entry["hosts"]:
        found["site.host"] = entry["hosts"][0]
    found |= variables
    values = {
        name: localized(value, locale=locale, source_locale=source_locale)
        for name, value in found.items()
    }
    return {name: value for name, value in values.items() if value is not None}


def _named(prefix: str, entry: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, object]:
    return {f"{prefix}.{name}": entry[name] for name in names if entry.get(name) is not None}


def _variables(prefix: str, entry: Mapping[str, Any]) -> dict[str, object]:
    """Return declared variables; an author writes them with or without the prefix."""
    return {
        name if name.startswith(f"{prefix}.") else f"{prefix}.{name}": value
        for name, value in entry.get("vars", {}).items()
    }


def _contacts(source: Source) -> list[tuple[str, Mapping[str, Any]]]:
    prefix = "contacts/"
    return [(path.removeprefix(prefix), source.entries[path]) for path in source.paths(prefix)]
