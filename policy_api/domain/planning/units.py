"""Which source texts an edit changed, and how much that matters to their translations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from policy_api.domain.blocks.base import BLOCK_KINDS, TextForm, Unit
from policy_api.domain.changes.significance import default_significance
from policy_api.domain.changes.types import Significance
from policy_api.domain.changes.values import words
from policy_api.domain.content.source import Source
from policy_api.domain.content.texts import text_hash
from policy_api.domain.entries.units import entry_units
from policy_api.domain.translation.staleness import UnitChange

Lift = Callable[[Significance], Significance]
Noted = tuple[UnitChange, Significance]

ROW_TYPES: Mapping[str, str] = {
    "purpose": "recipient.purpose_changed",
    "legitimate_interest": "recipient.legal_basis_changed",
    "retention": "recipient.retention_changed",
    "transfer": "recipient.transfer_changed",
    "required": "recipient.data_changed",
}
"""Translatable field of a row → type of a change in it."""

FAMILIES = ("sections", "tables", "overlays")


def unit_changes(before: Source, after: Source, *, lift: Lift) -> dict[str, tuple[Noted, ...]]:
    """Return the changed source texts of every policy.

    :param lift: Turns a default significance into that of the release.
    """
    return {policy: tuple(_of_policy(before, after, policy, lift)) for policy in after.policies()}


def _of_policy(before: Source, after: Source, policy: str, lift: Lift) -> Iterator[Noted]:
    prefix = f"policies/{policy}"
    paths = [prefix]
    for family in FAMILIES:
        paths += after.paths(f"{prefix}/{family}/")
    for path in paths:
        old = before.entries.get(path)
        if old is None or before.digests[path] == after.digests[path]:
            continue
        new = after.entries[path]
        known = {unit.path: unit for unit in entry_units(path, old)}
        for unit in entry_units(path, new):
            then = known.get(unit.path)
            if then is None or text_hash(then.text) == text_hash(unit.text):
                continue
            address = _unit_id(path.removeprefix(prefix).lstrip("/"), unit)
            significance = lift(_default(address, then, unit, new))
            yield (
                UnitChange(
                    unit=address,
                    from_hash=text_hash(then.text),
                    to_hash=text_hash(unit.text),
                    material=significance is Significance.MATERIAL,
                ),
                significance,
            )


def _unit_id(owner: str, unit: Unit) -> str:
    return f"{owner}/{unit.path}" if owner else unit.path


def _default(address: str, old: Unit, new: Unit, entry: Mapping[str, Any]) -> Significance:
    """Return the default significance of a changed text; mark-up alone is editorial."""
    if new.form is TextForm.MARKDOWN and words(old.text) == words(new.text):
        return Significance.EDITORIAL
    return default_significance(_change_type(address, entry))


def _change_type(address: str, entry: Mapping[str, Any]) -> str:
    parts = address.split("/")
    if parts[0] == "overlays":
        parts = parts[2:]
    if parts == ["title"]:
        return "policy.retitled"
    match parts:
        case ["tables", _, "rows", _, field, *_]:
            return ROW_TYPES.get(field, "section.changed")
        case ["tables", *_]:
            return "section.changed"
        case [*_, "heading"]:
            return "section.retitled"
    return _block_change_type(parts[2:], entry)


def _block_change_type(parts: list[str], entry: Mapping[str, Any]) -> str:
    """Ask the block's kind what a change of this field is called."""
    blocks = {block["key"]: block for block in entry.get("blocks", ())}
    block = blocks.get(parts[1]) if len(parts) > 1 else None
    if block is None:
        return "section.changed"
    comparison = BLOCK_KINDS.get(block["kind"]).comparison
    if comparison.items is not None and parts[2] == comparison.items:
        return comparison.aspects.get(parts[4], comparison.whole)
    return comparison.whole
