"""Which rows of a table a site shows: facts by scope, and the union on an umbrella."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from policy_api.domain.variants.tree import Node

EVERYWHERE = "*"
USED_ON = "used_on"


def applies(row: Mapping[str, Any], site: str) -> bool:
    """Tell whether a row's ``applies_to`` names a site."""
    scope = row["applies_to"]
    return EVERYWHERE in scope or site in scope


def scoped(table: Node, site: str) -> Node:
    """Return a table with the rows that apply to one site."""
    return {**table, "rows": [row for row in table["rows"] if applies(row, site)]}


def union(table: Node, shown: Mapping[str, list[Node]]) -> Node:
    """Return a table with every row that any site shows, and a column that names those sites.

    :param shown: For each site in order, its own rows after its overlays. A row keeps the base
        text, whatever a site made of it; rows that only an overlay added come last.
    """
    used: dict[str, list[str]] = {}
    added: dict[str, Node] = {}
    for site, rows in shown.items():
        for row in rows:
            used.setdefault(row["key"], []).append(site)
            added.setdefault(row["key"], row)
    base = {row["key"]: row for row in table["rows"]}
    order = [key for key in base if key in used] + [key for key in used if key not in base]
    rows = [{**base.get(key, added[key]), "used_on": used[key]} for key in order]
    return {**table, "rows": rows, "columns": with_used_on(table["columns"])}


def with_used_on(columns: list[str]) -> list[str]:
    """Return the columns with ``used_on`` behind the recipient, where an author named none."""
    if USED_ON in columns:
        return columns
    at = columns.index("recipient") + 1 if "recipient" in columns else 0
    return [*columns[:at], USED_ON, *columns[at:]]


def out_of_scope(tables: Mapping[str, Node], site: str) -> Iterator[str]:
    """Yield the addresses of rows that do not apply to a site."""
    for key, table in tables.items():
        for row in table["rows"]:
            if not applies(row, site):
                yield f"tables/{key}/rows/{row['key']}"


def without_used_on(columns: Iterable[str]) -> list[str]:
    """Return the columns of a site that is no umbrella."""
    return [column for column in columns if column != USED_ON]
