"""A policy on its way from base text to one site's variant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Node = dict[str, Any]
"""A section, block, table or row in source form. Shared between sites: replaced, never edited."""


class OpRefused(Exception):
    """An op that cannot be carried out; becomes one problem of the overlay."""

    def __init__(self, detail: str, *, expected: str = "", at: str = "target") -> None:
        super().__init__(detail)
        self.detail = detail
        self.expected = expected
        self.at = at


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleOverride:
    """An override whose base text has changed since it was written."""

    path: str
    """Path of the overlay entry."""

    pointer: str
    target: str
    made_from: str
    found: str


@dataclass(slots=True, kw_only=True)
class Tree:
    """Sections and tables while overlays are applied."""

    sections: list[Node]
    tables: dict[str, Node]
    variables: dict[str, object] = field(default_factory=dict)

    layers: dict[str, str] = field(default_factory=dict)
    """Node or field address → key of the site whose overlay wrote it."""

    absent: frozenset[str] = frozenset()
    """Addresses of rows that exist in the base but do not apply to this site."""

    stale: list[StaleOverride] = field(default_factory=list)

    def layer_of(self, address: str) -> str | None:
        """Return the site whose overlay wrote a node or field, or None for base text."""
        return layer_of(self.layers, address)


def layer_of(layers: Mapping[str, str], address: str) -> str | None:
    """Return the layer of an address or of the nearest node above it."""
    while address:
        if address in layers:
            return layers[address]
        address = address.rpartition("/")[0]
    return None


def ancestors(address: str) -> Iterator[str]:
    """Yield an address and every node above it: ``sections/s/blocks/b``, ``sections/s``."""
    parts = address.split("/")
    for length in range(len(parts) - len(parts) % 2, 0, -2):
        yield "/".join(parts[:length])


def index_of(nodes: list[Node], key: str) -> int | None:
    """Return the place of a node in a list by its key."""
    for index, node in enumerate(nodes):
        if node["key"] == key:
            return index
    return None


def position(nodes: list[Node], key: str, what: str) -> int:
    """Return the place of a node that must be there.

    :raises OpRefused: With the keys that are there.
    """
    found = index_of(nodes, key)
    if found is None:
        known = ", ".join(str(node["key"]) for node in nodes[:12]) or "none"
        raise OpRefused(f"There is no {what} '{key}' here.", expected=f"one of: {known}")
    return found


def replaced(nodes: list[Node], index: int, node: Node) -> list[Node]:
    """Return a copy of a list with one node replaced."""
    return [*nodes[:index], node, *nodes[index + 1 :]]


def without(nodes: list[Node], index: int) -> list[Node]:
    """Return a copy of a list without one node."""
    return [*nodes[:index], *nodes[index + 1 :]]


def inserted(nodes: list[Node], index: int, node: Node) -> list[Node]:
    """Return a copy of a list with a node put in."""
    if index_of(nodes, node["key"]) is not None:
        raise OpRefused(f"The key '{node['key']}' is taken here.", expected="a new key", at="key")
    return [*nodes[:index], node, *nodes[index:]]
