"""What an overlay leaves behind must still be valid content."""

from __future__ import annotations

from typing import Any

from policy_api.domain.entries.base import load_entry
from policy_api.domain.variants.tree import Node, Tree
from policy_api.errors import BadInput, Problem


def node_problems(tree: Tree, *, policy: str) -> list[Problem]:
    """Return what is wrong with the sections and tables that overlays touched."""
    problems: list[Problem] = []
    touched = {"/".join(address.split("/")[:2]): layer for address, layer in tree.layers.items()}
    for address, layer in touched.items():
        family, key = address.split("/")
        node = _node(tree, family, key)
        if node is not None:
            problems += _problems(node, address, overlay=f"policies/{policy}/overlays/{layer}")
    return problems


def _node(tree: Tree, family: str, key: str) -> Node | None:
    if family == "tables":
        return tree.tables.get(key)
    return next((node for node in tree.sections if node["key"] == key), None)


def _problems(node: Node, address: str, *, overlay: str) -> list[Problem]:
    entry: dict[str, Any] = {name: value for name, value in node.items() if name != "key"}
    if address.startswith("tables/"):
        entry["rows"] = [
            {name: value for name, value in row.items() if name != "used_on"}
            for row in node["rows"]
        ]
    try:
        load_entry(f"policies/x/{address}", entry)
    except BadInput as error:
        return [
            Problem(
                detail=f"{address}{problem.pointer}: {problem.detail}",
                file=overlay,
                expected=problem.expected,
            )
            for problem in error.problems
        ]
    return []
