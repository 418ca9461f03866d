"""From an address in the effective policy back to the entry somebody has to edit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from policy_api.domain.entries.placeholder_checks import pointer_of
from policy_api.domain.linting.view import View
from policy_api.domain.variants.tree import layer_of

ENTRY_FAMILIES: Final = frozenset({"sites", "contacts", "recipients", "categories"})
NODE_DEPTH: Final = 2
INNER_DEPTH: Final = 4

Place = tuple[str, str]
"""Path of an entry, and a pointer inside it."""


def place_of(view: View, path: str) -> Place:
    """Return the entry that says what stands at an address, and the pointer to it there."""
    family, _, rest = path.partition("/")
    if family in ENTRY_FAMILIES:
        key, _, inside = rest.partition("/")
        return _in_entry(view, f"{family}/{key}", inside)
    if family == "organization":
        return _in_entry(view, family, rest)
    policy = f"policies/{view.effective.policy}"
    if family not in {"sections", "tables"} or not rest:
        return _in_entry(view, policy, path)
    written = _in_overlays(view, path)
    if written is not None:
        return written
    key, _, inside = rest.partition("/")
    return _in_entry(view, f"{policy}/{family}/{key}", inside)


def _in_entry(view: View, path: str, inside: str) -> Place:
    entry = view.source.get(path)
    return path, pointer_of(entry, inside) if inside and entry is not None else ""


def _in_overlays(view: View, path: str) -> Place | None:
    """Find the op that wrote an address: in the layer that is known to, else in any.

    An umbrella shows rows that the overlays of other sites have added.
    """
    layer = layer_of(view.effective.layers, path)
    prefix = f"policies/{view.effective.policy}/overlays/"
    paths: tuple[str, ...] = (f"{prefix}{layer}",) if layer is not None else ()
    if not paths and not _is_in_base(view, path):
        paths = view.source.paths(prefix)
    for overlay in paths:
        ops = (view.source.get(overlay) or {}).get("ops", ())
        # Of two ops on the same place the later one counts.
        for index, op in reversed([*enumerate(ops)]):
            inside = _in_op(op, path)
            if inside is not None:
                return overlay, f"/ops/{index}{inside}"
    return None


def _is_in_base(view: View, path: str) -> bool:
    parts = path.split("/")
    entry = view.source.get(f"policies/{view.effective.policy}/{'/'.join(parts[:NODE_DEPTH])}")
    if entry is None:
        return False
    if len(parts) < INNER_DEPTH:
        return True
    return any(node["key"] == parts[3] for node in entry.get(parts[2], ()))


def _in_op(op: Mapping[str, Any], path: str) -> str | None:
    """Return the pointer of an address inside an op, or None if the op did not write it."""
    target = op.get("target", "")
    if "field" in op:
        field = f"{target}/{op['field']}"
        return "/value" if path == field or path.startswith(f"{field}/") else None
    for name, address in _written(op, target):
        if path == address or path.startswith(f"{address}/"):
            inside = path.removeprefix(address).removeprefix("/")
            return f"/{name}{pointer_of(op[name], inside) if inside else ''}"
    return None


def _written(op: Mapping[str, Any], target: str) -> list[tuple[str, str]]:
    """Return the parts that an op brings along, with their addresses."""
    if "section" in op:
        return [("section", f"sections/{op['section']['key']}")]
    if "block" in op:
        return [("block", f"{target.rpartition('/blocks/')[0]}/blocks/{op['block']['key']}")]
    return [("row", f"{target}/rows/{op['row']['key']}")] if "row" in op else []
