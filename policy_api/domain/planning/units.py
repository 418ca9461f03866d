"""Which source texts an edit changed, and how much that matters to their translations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
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
Blocks = Mapping[str, Mapping[str, Any]]

BLOCK_DEPTH = 4
"""Steps of a block's address: ``sections/scope/blocks/covered``."""

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
            significance = lift(_default(address, then, unit, _blocks(after, prefix, new)))
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


def _blocks(source: Source, policy: str, entry: Mapping[str, Any]) -> Blocks:
    """Return the blocks whose texts an entry may hold, by address in the entry's own terms.

    An overlay's texts lie in blocks that it inserts, or in those of the base that it overrides.
    """
    if "ops" not in entry:
        return {f"blocks/{block['key']}": block for block in entry.get("blocks", ())}
    found: dict[str, Mapping[str, Any]] = {}
    for path in source.paths(f"{policy}/sections/"):
        found |= _placed(path.removeprefix(f"{policy}/"), source.entries[path]["blocks"])
    for op in entry["ops"]:
        if "section" in op:
            found |= _placed(f"sections/{op['section']['key']}", op["section"]["blocks"])
        elif "block" in op:
            found |= _placed(op["target"].rpartition("/blocks/")[0], [op["block"]])
    return found


def _placed(section: str, blocks: Iterable[Mapping[str, Any]]) -> Blocks:
    return {f"{section}/blocks/{block['key']}": block for block in blocks}


def _default(address: str, old: Unit, new: Unit, blocks: Blocks) -> Significance:
    """Return the default significance of a changed text; mark-up alone is editorial."""
    if new.form is TextForm.MARKDOWN and words(old.text) == words(new.text):
        return Significance.EDITORIAL
    return default_significance(_change_type(address, blocks))


def _change_type(address: str, blocks: Blocks) -> str:
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
    return _block_change_type(parts, blocks)


def _block_change_type(parts: list[str], blocks: Blocks) -> str:
    """Ask the block's kind what a change of this field is called."""
    block = blocks.get("/".join(parts[2:4])) or blocks.get("/".join(parts[:4]))
    if block is None or len(parts) <= BLOCK_DEPTH:
        return "section.changed"
    comparison, inside = BLOCK_KINDS.get(block["kind"]).comparison, parts[BLOCK_DEPTH:]
    if comparison.items is not None and inside[0] == comparison.items:
        return comparison.aspects.get(inside[2], comparison.whole)
    return comparison.whole
