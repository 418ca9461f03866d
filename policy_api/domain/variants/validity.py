"""What an overlay leaves behind must still be valid content, and name only what exists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from policy_api.domain.blocks.base import BLOCK_KINDS
from policy_api.domain.content.source import Source
from policy_api.domain.entries.base import load_entry
from policy_api.domain.variants.tree import Node, Tree
from policy_api.errors import BadInput, Problem

OF_THE_POLICY = ("tables/", "sections/")
"""How mentions begin that are meant inside the policy itself."""


def node_problems(tree: Tree, source: Source, *, policy: str) -> list[Problem]:
    """Return what is wrong with the sections and tables that overlays touched."""
    problems: list[Problem] = []
    touched = {"/".join(address.split("/")[:2]): layer for address, layer in tree.layers.items()}
    for address, layer in touched.items():
        family, key = address.split("/")
        node = _node(tree, family, key)
        if node is None:
            continue
        overlay = f"policies/{policy}/overlays/{layer}"
        found = _problems(node, address, overlay=overlay)
        if not found and family == "sections":
            # Only what is valid in itself can be asked what it mentions.
            found += _mentions(node, address, source, overlay=overlay)
            found += _anchors(tree, node, overlay=overlay)
        problems += found
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


def _mentions(node: Node, address: str, source: Source, *, overlay: str) -> Iterator[Problem]:
    """Find blocks that name a contact, recipient, category, table or site that is not there."""
    policy = overlay.partition("/overlays/")[0]
    for block in node["blocks"]:
        for mention in BLOCK_KINDS.get(block["kind"]).references(block):
            inside = mention.path.startswith(OF_THE_POLICY)
            wanted = f"{policy}/{mention.path}" if inside else mention.path
            if wanted not in source:
                place = f"{address}/blocks/{block['key']}{mention.pointer}"
                yield Problem(
                    f"{place}: There is no {wanted}.", file=overlay, expected="one that exists"
                )


def _anchors(tree: Tree, node: Node, *, overlay: str) -> Iterator[Problem]:
    """Find an anchor that would lead to two sections."""
    counted = Counter(section.get("anchor", section["key"]) for section in tree.sections)
    anchor = node.get("anchor", node["key"])
    if counted[anchor] > 1:
        yield Problem(
            f"sections/{node['key']}/anchor: Another section has the anchor “{anchor}” too.",
            file=overlay,
            expected="an anchor of its own",
        )
