"""Which sites an edit can touch: a quick upper bound, so that the others are not composed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from policy_api.domain.blocks.base import BLOCK_KINDS
from policy_api.domain.content.source import Source
from policy_api.domain.variants.effective import base_tables, policies_of, sites_of
from policy_api.domain.variants.rows import EVERYWHERE

Pair = tuple[str, str]
"""Site and policy."""

SITE_LIST_FIELDS = ("name", "hosts", "policies")
"""Fields of a site that other sites' pages show."""

Entry = Mapping[str, Any]


def affected(before: Source, after: Source) -> frozenset[Pair]:
    """Return the (site, policy) pairs whose content may differ between two states.

    May name too many, never too few.
    """
    old, new = before.digests, after.digests
    edited = [path for path in old.keys() | new.keys() if old.get(path) != new.get(path)]
    scope = _Scope(before, after)
    pairs: set[Pair] = set()
    for path in edited:
        pairs |= scope.of(path)
    return frozenset(pairs & scope.everything)


class _Scope:
    def __init__(self, before: Source, after: Source) -> None:
        self.states = (before, after)
        self.everything = {
            (site, policy) for site in after.sites() for policy in policies_of(after, site)
        }

    def of(self, path: str) -> set[Pair]:
        family, _, rest = path.partition("/")
        if family == "sites":
            return self._of_site(rest)
        if family == "recipients":
            return self._of_recipient(rest)
        if family == "policies" and "/" in rest:
            policy, _, inner = rest.partition("/")
            return {(site, policy) for site in self._sites(policy, path, inner)}
        if family == "policies":
            return {pair for pair in self.everything if pair[1] == rest}
        return self.everything

    def _entries(self, path: str) -> tuple[Entry | None, Entry | None]:
        before, after = self.states
        return before.entries.get(path), after.entries.get(path)

    def _of_site(self, site: str) -> set[Pair]:
        old, new = self._entries(f"sites/{site}")
        if old is None or new is None or _differ(old, new, SITE_LIST_FIELDS):
            return self.everything
        family = self._derived(site)
        return {pair for pair in self.everything if pair[0] in family}

    def _derived(self, site: str) -> set[str]:
        """Return a site, those derived from it, and the umbrellas that may show its rows."""
        after = self.states[1]
        return {
            key
            for key in after.sites()
            if site in after.site_chain(key) or after.entries[f"sites/{key}"].get("umbrella")
        }

    def _of_recipient(self, recipient: str) -> set[Pair]:
        pairs: set[Pair] = set()
        for state in self.states:
            for policy in state.policies():
                for table in base_tables(state, policy).values():
                    rows = [row for row in table["rows"] if row["recipient"] == recipient]
                    pairs |= {(site, policy) for site in self._showing(rows, policy)}
            mentioning = {
                policy
                for policy in state.policies()
                if _mentions(state, policy, f"recipients/{recipient}")
            }
            pairs |= {pair for pair in self.everything if pair[1] in mentioning}
        return pairs

    def _sites(self, policy: str, path: str, inner: str) -> Iterable[str]:
        parts = inner.split("/")
        if parts[0] == "overlays":
            return self._derived(parts[1])
        if parts[0] == "tables":
            return self._of_table(policy, *self._entries(path))
        if parts[0] == "locales" and len(parts) == len(("locales", "tag", "family", "key")):
            return self._of_translation(policy, path, parts[2], parts[3])
        return self._all(policy)

    def _all(self, policy: str) -> set[str]:
        return set(sites_of(self.states[1], policy))

    def _of_table(self, policy: str, old: Entry | None, new: Entry | None) -> set[str]:
        if old is None or new is None or _differ(old, new, ("columns", "caption")):
            return self._all(policy)
        before, after = _by_key(old), _by_key(new)
        kept = [key for key in before if key in after]
        if kept != [key for key in after if key in before]:
            return self._all(policy)
        changed = [key for key in before | after if before.get(key) != after.get(key)]
        rows = [rows[key] for rows in (before, after) for key in changed if key in rows]
        return self._showing(rows, policy)

    def _of_translation(self, policy: str, path: str, family: str, key: str) -> set[str]:
        if family == "overlays":
            return self._derived(key)
        if family != "tables":
            return self._all(policy)
        units = [(entry or {}).get("units", {}) for entry in self._entries(path)]
        changed = [unit for unit in units[0] | units[1] if units[0].get(unit) != units[1].get(unit)]
        if not all(unit.startswith("rows/") for unit in changed):
            return self._all(policy)
        names = {unit.split("/")[1] for unit in changed}
        tables = (state.entries.get(f"policies/{policy}/tables/{key}") for state in self.states)
        rows = [row for table in tables if table for row in table["rows"] if row["key"] in names]
        return self._showing(rows, policy)

    def _showing(self, rows: Iterable[Entry], policy: str) -> set[str]:
        """Return the sites that may show any of some rows; umbrellas show them all."""
        scopes = [row["applies_to"] for row in rows]
        if not scopes:
            return set()
        if any(EVERYWHERE in scope for scope in scopes):
            return self._all(policy)
        after = self.states[1]
        umbrellas = {
            site for site in after.sites() if after.entries[f"sites/{site}"].get("umbrella")
        }
        return {site for scope in scopes for site in scope} | umbrellas


def _mentions(state: Source, policy: str, path: str) -> bool:
    """Tell whether a block or an overlay of a policy refers to an entry."""
    prefix = f"policies/{policy}"
    sections = [state.entries[at] for at in state.paths(f"{prefix}/sections/")]
    ops = [op for at in state.paths(f"{prefix}/overlays/") for op in state.entries[at]["ops"]]
    sections += [op["section"] for op in ops if "section" in op]
    blocks = [block for section in sections for block in section["blocks"]]
    blocks += [op["block"] for op in ops if "block" in op]
    recipients = {op["row"]["recipient"] for op in ops if "row" in op}
    recipients |= {op["value"] for op in ops if op.get("field") == "recipient"}
    return path.removeprefix("recipients/") in recipients or any(
        found.path == path
        for block in blocks
        for found in BLOCK_KINDS.get(block["kind"]).references(block)
    )


def _differ(old: Entry, new: Entry, names: Iterable[str]) -> bool:
    return any(old.get(name) != new.get(name) for name in names)


def _by_key(table: Entry) -> dict[str, Entry]:
    return {row["key"]: row for row in table["rows"]}
