"""Base text plus overlays: the policy that one site really has, still in source form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from policy_api.domain.content.source import Source
from policy_api.domain.variants.ops import apply_overlay
from policy_api.domain.variants.rows import applies, out_of_scope, scoped, union, without_used_on
from policy_api.domain.variants.tree import Node, StaleOverride, Tree, layer_of
from policy_api.domain.variants.validity import node_problems
from policy_api.errors import BadInput, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectivePolicy:
    """A policy as one site has it: what is linted, compared and served."""

    site: str
    policy: str
    entry: Mapping[str, Any]
    """The policy's own entry: title, kind, license and so on."""

    sections: tuple[Node, ...]
    tables: Mapping[str, Node]
    variables: Mapping[str, object]
    """Values that overlays set, by placeholder name; they win over the site's own."""

    layers: Mapping[str, str]
    stale: tuple[StaleOverride, ...]

    def unit_id(self, address: str) -> str:
        """Return the name under which translations of a text at an address are kept."""
        layer = layer_of(self.layers, address)
        return address if layer is None else f"overlays/{layer}/{address}"

    def origin(self, address: str) -> str:
        """Return ``site`` if an overlay wrote a node, or any field of it, else ``base``."""
        if layer_of(self.layers, address) is not None:
            return "site"
        below = f"{address}/"
        return "site" if any(key.startswith(below) for key in self.layers) else "base"


def effective_policy(source: Source, site: str, policy: str) -> EffectivePolicy:
    """Build a site's effective policy.

    :raises BadInput: With every op that cannot be carried out.
    """
    entry = source.entries[f"policies/{policy}"]
    umbrella = bool(source.entries[f"sites/{site}"].get("umbrella"))
    tables = base_tables(source, policy)
    if umbrella:
        tables = source.once(("union", policy), lambda: _union_tables(source, policy))
        absent: frozenset[str] = frozenset()
    else:
        absent = frozenset(out_of_scope(tables, site))
        tables = {key: _scoped(source, policy, key, site) for key in tables}
    tree = Tree(sections=_sections(source, policy), tables=dict(tables), absent=absent)
    problems = _overlay(source, tree, site=site, policy=policy)
    problems += [] if problems else node_problems(tree, source, policy=policy)
    if problems:
        raise BadInput(problems=tuple(problems))
    if not umbrella:
        tree.tables = {
            key: _shown(source, policy, key, site) if table is tables.get(key) else _as_shown(table)
            for key, table in tree.tables.items()
        }
    return EffectivePolicy(
        site=site,
        policy=policy,
        entry=entry,
        sections=tuple(tree.sections),
        tables=tree.tables,
        variables=tree.variables,
        layers=tree.layers,
        stale=tuple(tree.stale),
    )


def sites_of(source: Source, policy: str) -> tuple[str, ...]:
    """Return the sites that have a policy, in key order."""
    return tuple(site for site in source.sites() if policy in policies_of(source, site))


def policies_of(source: Source, site: str) -> tuple[str, ...]:
    """Return the policies of a site: those it names, else all of the source."""
    named = source.entries[f"sites/{site}"].get("policies")
    return tuple(source.policies() if named is None else named)


def _sections(source: Source, policy: str) -> list[Node]:
    prefix, order = f"policies/{policy}/sections", source.entries[f"policies/{policy}"]["sections"]
    return list(
        source.once(
            ("sections", policy),
            lambda: [{"key": key, **source.entries[f"{prefix}/{key}"]} for key in order],
        )
    )


def base_tables(source: Source, policy: str) -> dict[str, Node]:
    """Return the tables of a policy as written, by key."""
    prefix = f"policies/{policy}/tables/"
    return {path.removeprefix(prefix): source.entries[path] for path in source.paths(prefix)}


def _scoped(source: Source, policy: str, key: str, site: str) -> Node:
    """Return a table with a site's rows; sites with the same ones share it."""
    table: Node = source.entries[f"policies/{policy}/tables/{key}"]
    kept = tuple(row["key"] for row in table["rows"] if applies(row, site))
    return source.once(("scoped", policy, key, kept), lambda: scoped(table, site))


def _shown(source: Source, policy: str, key: str, site: str) -> Node:
    """Return a table to which no overlay did anything, as readers have it."""
    table = _scoped(source, policy, key, site)
    kept = tuple(row["key"] for row in table["rows"])
    return source.once(("shown", policy, key, kept), lambda: _as_shown(table))


def _as_shown(table: Node) -> Node:
    """Return a table of a site that is no umbrella."""
    columns = without_used_on(table["columns"])
    return table if columns == table["columns"] else {**table, "columns": columns}


def _overlay(source: Source, tree: Tree, *, site: str, policy: str) -> list[Problem]:
    problems: list[Problem] = []
    for layer in source.site_chain(site):
        path = f"policies/{policy}/overlays/{layer}"
        overlay = source.entries.get(path)
        if overlay is not None:
            problems += apply_overlay(
                tree, overlay["ops"], layer=layer, path=path, inherited=layer != site
            )
    return problems


def _union_tables(source: Source, policy: str) -> dict[str, Node]:
    """Let every site say which rows it shows, and join them."""
    tables = base_tables(source, policy)
    shown: dict[str, dict[str, list[Node]]] = {key: {} for key in tables}
    for site in sites_of(source, policy):
        tree = Tree(
            sections=_sections(source, policy),
            tables={key: scoped(table, site) for key, table in tables.items()},
            absent=frozenset(out_of_scope(tables, site)),
        )
        own = not source.entries[f"sites/{site}"].get("umbrella")
        if own:
            _overlay(source, tree, site=site, policy=policy)
        for key in tables:
            shown[key][site] = tree.tables[key]["rows"]
    return {key: union(table, shown[key]) for key, table in tables.items()}
