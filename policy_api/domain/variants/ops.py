"""Overlay operations: ``override, hide, insert_*, append_row, hide_row, override_row, set_var``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from policy_api.domain.content.paths import get_at, set_at
from policy_api.domain.content.texts import value_hash
from policy_api.domain.variants.tree import (
    Node,
    OpRefused,
    StaleOverride,
    Tree,
    ancestors,
    index_of,
    inserted,
    position,
    replaced,
    without,
)
from policy_api.errors import Problem

Op = Mapping[str, Any]
SECTION_DEPTH, BLOCK_DEPTH = 2, 4
FIXED_FIELDS = frozenset({"key", "kind", "locked", "rows", "blocks", "applies_to", "table"})
"""What an override may not touch: identity, structure and scope have ops of their own."""


def apply_overlay(
    tree: Tree, ops: list[Op], *, layer: str, path: str, inherited: bool
) -> list[Problem]:
    """Apply a site's ops in order and return what could not be carried out.

    :param layer: Key of the site that wrote the ops.
    :param path: Path of the overlay entry, for the problems.
    :param inherited: Whether the ops come from a base of the site that is being built; such ops
        may name rows that the base shows and this site does not.
    """
    problems = []
    for number, op in enumerate(ops):
        try:
            _apply(tree, op, layer=layer, place=(path, f"/ops/{number}"), inherited=inherited)
        except OpRefused as refusal:
            pointer = f"/ops/{number}/{refusal.at}"
            problems.append(
                Problem(
                    detail=refusal.detail, pointer=pointer, file=path, expected=refusal.expected
                )
            )
    return problems


def _apply(tree: Tree, op: Op, *, layer: str, place: tuple[str, str], inherited: bool) -> None:
    name = op["op"]
    if name == "set_var":
        tree.variables[op["name"]] = op["value"]
        return
    target = op["target"]
    if inherited and target in tree.absent:
        return
    check_unlocked(tree, op, layer=layer)
    if name in {"override", "override_row"}:
        check_overridable(op)
        _note_stale(tree, op, place=place)
    OPS[name](tree, op)
    if name in {"override", "override_row"}:
        tree.layers[f"{target}/{op['field']}"] = layer
    elif name in {"insert_before", "insert_after"}:
        tree.layers[_inserted_address(op)] = layer
    elif name == "append_row":
        tree.layers[f"{target}/rows/{op['row']['key']}"] = layer


def check_unlocked(tree: Tree, op: Op, *, layer: str) -> None:
    """Refuse an op on a locked node, or inside one, that another layer wrote.

    :raises OpRefused: Naming the locked node.
    """
    target = op["target"]
    if op["op"] in {"insert_before", "insert_after"}:
        target = target.rpartition("/blocks/")[0]
    for address in ancestors(target):
        node = _node(tree, address)
        if node is not None and node.get("locked") and tree.layer_of(address) != layer:
            raise OpRefused(
                f"'{address}' is locked.", expected="an op on a node that is not locked"
            )


def check_overridable(op: Op) -> None:
    """Refuse an override of a field that identifies or scopes its node.

    :raises OpRefused: With the op that would be right.
    """
    if op["field"].split("/")[-1] in FIXED_FIELDS:
        raise OpRefused(
            f"The field '{op['field']}' cannot be overridden.",
            expected="a text or fact of the node; use hide and insert for structure",
            at="field",
        )


def _node(tree: Tree, address: str) -> Node | None:
    parts = address.split("/")
    if parts[0] == "tables":
        table = tree.tables.get(parts[1])
        if table is None or len(parts) == SECTION_DEPTH:
            return table
        return _by_key(table["rows"], parts[3])
    section = _by_key(tree.sections, parts[1])
    if section is None or len(parts) == SECTION_DEPTH:
        return section
    return _by_key(section["blocks"], parts[3])


def _by_key(nodes: list[Node], key: str) -> Node | None:
    found = index_of(nodes, key)
    return None if found is None else nodes[found]


def _note_stale(tree: Tree, op: Op, *, place: tuple[str, str]) -> None:
    """Remember an override that was written over a text which has changed since."""
    node = _node(tree, op["target"])
    made_from = op.get("source_hash")
    if node is None or made_from is None:
        return
    present = value_hash(get_at(node, op["field"]))
    if present != made_from:
        path, pointer = place
        tree.stale.append(
            StaleOverride(
                path=path,
                pointer=pointer,
                target=f"{op['target']}/{op['field']}",
                made_from=made_from,
                found=present,
            )
        )


def _inserted_address(op: Op) -> str:
    if "section" in op:
        return f"sections/{op['section']['key']}"
    section = op["target"].rpartition("/blocks/")[0]
    return f"{section}/blocks/{op['block']['key']}"


def _edit(tree: Tree, target: str, change: Callable[[list[Node], int], list[Node]]) -> None:
    """Replace the list that holds a node by what ``change`` makes of it."""
    parts = target.split("/")
    if parts[0] == "tables":
        table = _table(tree, parts[1])
        at = position(table["rows"], parts[3], "row")
        tree.tables[parts[1]] = {**table, "rows": change(table["rows"], at)}
        return
    at = position(tree.sections, parts[1], "section")
    if len(parts) == SECTION_DEPTH:
        tree.sections = change(tree.sections, at)
        return
    section = tree.sections[at]
    block_at = position(section["blocks"], parts[3], "block")
    section = {**section, "blocks": change(section["blocks"], block_at)}
    tree.sections = replaced(tree.sections, at, section)


def _table(tree: Tree, key: str) -> Node:
    if key not in tree.tables:
        known = ", ".join(tree.tables) or "none"
        raise OpRefused(f"There is no table '{key}'.", expected=f"one of: {known}")
    return tree.tables[key]


def _override(tree: Tree, op: Op) -> None:
    target, field, value = op["target"], op["field"], op["value"]
    if target.count("/") == 1 and target.startswith("tables/"):
        key = target.split("/")[1]
        tree.tables[key] = _with_field(_table(tree, key), field, value)
        return
    _edit(
        tree,
        target,
        lambda nodes, at: replaced(nodes, at, _with_field(nodes[at], field, value)),
    )


def _with_field(node: Node, field: str, value: object) -> Node:
    try:
        changed: Node = set_at(node, field, value)
    except LookupError as error:
        raise OpRefused(
            f"'{field}' is no field here.", expected="a field of the node", at="field"
        ) from error
    return changed


def _hide(tree: Tree, op: Op) -> None:
    _edit(tree, op["target"], without)


def _insert(tree: Tree, op: Op) -> None:
    shift = 0 if op["op"] == "insert_before" else 1
    node = op.get("section") or op["block"]
    _edit(tree, op["target"], lambda nodes, at: inserted(nodes, at + shift, dict(node)))


def _append_row(tree: Tree, op: Op) -> None:
    key = op["target"].split("/")[1]
    table = _table(tree, key)
    rows = inserted(table["rows"], len(table["rows"]), dict(op["row"]))
    tree.tables[key] = {**table, "rows": rows}


OPS: Mapping[str, Callable[[Tree, Op], None]] = {
    "override": _override,
    "override_row": _override,
    "hide": _hide,
    "hide_row": _hide,
    "insert_before": _insert,
    "insert_after": _insert,
    "append_row": _append_row,
}
