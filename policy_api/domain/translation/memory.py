"""The translations of one policy in one locale, by unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policy_api.domain.content.source import Source

SERVED: Mapping[str, frozenset[str]] = {
    "approved": frozenset({"approved"}),
    "translated": frozenset({"approved", "translated"}),
}
"""Value of a policy's ``serve`` → states of a unit that readers may see."""


def translations(source: Source, policy: str, locale: str) -> dict[str, Mapping[str, Any]]:
    """Return the units of a locale that may be shown, by unit id.

    A unit id is the address of the text (``sections/scope/heading``), or, for a text that an
    overlay wrote, ``overlays/{site}/`` and the address.
    """
    lowest = source.entries[f"policies/{policy}"].get("serve", "translated")
    served = SERVED[lowest]
    return {
        unit_id: unit
        for unit_id, unit in _units(source, policy, locale)
        if unit.get("state", "approved") in served
    }


def _units(source: Source, policy: str, locale: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    prefix = f"policies/{policy}/locales/{locale}/"
    for path in source.paths(prefix):
        owner = path.removeprefix(prefix)
        for relative, unit in source.entries[path]["units"].items():
            yield (relative if owner == "policy" else f"{owner}/{relative}"), unit
