"""Stamping: noting which source text a translation or an override was made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policy_api.domain.content.source import Entry, Source
from policy_api.domain.content.texts import text_hash
from policy_api.domain.entries.units import entry_units
from policy_api.domain.variants.effective import effective_policy
from policy_api.errors import BadInput

OVERRIDES = frozenset({"override", "override_row"})
UNKNOWN = "sha256:" + "0" * 64
"""Stands for a hash while the variants are built, so that they report what they found."""

Node = Mapping[str, Any]


def stamp(source: Source, base: Source | None) -> tuple[Source, int]:
    """Fill in what the authors of translations and overrides left out; return how much it was.

    What stands unchanged since the base keeps the hash it had there, so that sending the same
    files again does not pass an outdated translation off as a new one. Everything else was made
    from the present text. A place that leads nowhere stays as it is: checking will name it.
    """
    edits: dict[str, Entry | None] = {}
    count = 0
    for path in source.paths("policies/"):
        family = path.split("/")[2:3]
        known = None if base is None else base.get(path)
        if family == ["locales"]:
            stamped = _units(source, path, known or {})
        elif family == ["overlays"]:
            stamped = _ops(source, path, known or {})
        else:
            continue
        if stamped:
            edits[path] = _filled(source.entries[path], stamped)
            count += len(stamped)
    return (source.replace(edits) if edits else source), count


Place = tuple[str, str | int]
"""Name of the collection in the entry, and key or index in it."""


def _filled(entry: Entry, hashes: Mapping[Place, str]) -> Entry:
    """Return an entry with hashes at some places."""
    filled = dict(entry)
    for name in {name for name, _ in hashes}:
        whole = entry[name]
        pairs = whole.items() if isinstance(whole, Mapping) else enumerate(whole)
        stamped = {
            at: {**inner, "source_hash": hashes[name, at]} if (name, at) in hashes else inner
            for at, inner in pairs
        }
        filled[name] = stamped if isinstance(whole, Mapping) else list(stamped.values())
    return filled


def _units(source: Source, path: str, known: Node) -> dict[Place, str]:
    """Return the missing hashes of a locale's entry."""
    units: Mapping[str, Node] = source.entries[path]["units"]
    missing = {at: unit for at, unit in units.items() if "source_hash" not in unit}
    if not missing:
        return {}
    before: Mapping[str, Node] = known.get("units", {})
    texts = _source_texts(source, path)
    hashes: dict[Place, str] = {}
    for at, unit in missing.items():
        kept = _kept(before.get(at), unit, same=("text",))
        present = kept or texts.get(at)
        if present is not None:
            hashes["units", at] = present
    return hashes


def _source_texts(source: Source, path: str) -> dict[str, str]:
    """Return the hashes of the source texts that a locale's entry translates, by address."""
    _, policy, _, _, *owner = path.split("/")
    owned = f"policies/{policy}" if owner == ["policy"] else "/".join(("policies", policy, *owner))
    entry = source.get(owned)
    units = () if entry is None else entry_units(owned, entry)
    return {unit.path: text_hash(unit.text) for unit in units}


def _ops(source: Source, path: str, known: Node) -> dict[Place, str]:
    """Return the missing hashes of an overlay."""
    ops: list[Node] = source.entries[path]["ops"]
    missing = [
        index for index, op in enumerate(ops) if op["op"] in OVERRIDES and "source_hash" not in op
    ]
    if not missing:
        return {}
    found = _overridden(source, path, missing)
    hashes: dict[Place, str] = {}
    for index in missing:
        present = _kept_op(known, ops[index]) or found.get(f"/ops/{index}")
        if present is not None:
            hashes["ops", index] = present
    return hashes


def _kept_op(known: Node, op: Node) -> str | None:
    same = ("op", "target", "field", "value")
    kept = (_kept(other, op, same=same) for other in known.get("ops", ()))
    return next((found for found in kept if found is not None), None)


def _kept(before: Node | None, now: Node, *, same: tuple[str, ...]) -> str | None:
    """Return the hash of what stood there before, if it says the same."""
    if before is None or any(before.get(name) != now.get(name) for name in same):
        return None
    found: str | None = before.get("source_hash")
    return found


def _overridden(source: Source, path: str, missing: list[int]) -> dict[str, str]:
    """Return the hashes of what a site's ops replace, by pointer: as the variant finds it."""
    _, policy, _, site = path.split("/")
    if not _is_whole(source, policy, site):
        return {}
    marked = _filled(source.entries[path], {("ops", index): UNKNOWN for index in missing})
    try:
        effective = effective_policy(source.replace({path: marked}), site, policy)
    except BadInput:
        # An op that cannot be carried out has nothing to be stamped with.
        return {}
    return {stale.pointer: stale.found for stale in effective.stale if stale.path == path}


def _is_whole(source: Source, policy: str, site: str) -> bool:
    """Tell whether everything is there that a site's variant is built from."""
    entry = source.get(f"policies/{policy}")
    if entry is None or f"sites/{site}" not in source:
        return False
    return all(f"policies/{policy}/sections/{key}" in source for key in entry["sections"])
