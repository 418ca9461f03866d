"""What changed between two editions of one site's policy, as typed facts by key."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from policy_api.domain.changes.fields import Found, Place, Rule, field_changes
from policy_api.domain.changes.members import Member, address_of, member_changes, members_of
from policy_api.domain.changes.sections import (
    Keyed,
    block_changes,
    blocks_of,
    by_key,
    relocations,
    reordered_sections,
    section_changes,
)
from policy_api.domain.changes.translations import compare_locales
from policy_api.domain.changes.types import Change

Content = Mapping[str, Any]
"""An edition's content as JSON."""

POLICY = Rule(
    whole="policy.retitled",
    types={
        "license": "license.changed",
        "source_locale": "translation.changed",
        "authoritative_locale": "translation.changed",
    },
)
POLICY_FIELDS = ("title", "kind", "source_locale", "authoritative_locale", "license")

SITE = Rule(whole="site.scope_changed", skipped=frozenset({"key"}))


def compare(before: Content | None, after: Content) -> tuple[Change, ...]:
    """Return every difference between two editions in the same locale, in reading order.

    A first version differs from nothing: it has no changes.
    """
    if before is None:
        return ()
    every = by_key(before.get("sections")), by_key(after.get("sections"))
    old, new = _without_same(*every)
    relocated = relocations(old, new)
    found = [
        *_policy_changes(before, after),
        *section_changes(old, new),
        *reordered_sections(*every),
        *block_changes(old, new, relocated=relocated),
        *member_changes(
            _members(old, {path: now for now, path in relocated.items()}), _members(new, {})
        ),
    ]
    return tuple(_in_reading_order(_told_once(found), old, new, order=every))


def _without_same(old: Keyed, new: Keyed) -> tuple[Keyed, Keyed]:
    """Leave out the sections that are the same, as most are.

    One whose table another section shows as well stays: whether its rows are new depends on both.
    """
    differing = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    tables = {
        table for side in (old, new) for key in differing for table in _tables(side.get(key, {}))
    }
    kept = {key for key, section in new.items() if tables & _tables(section)} | set(differing)
    return (
        {key: section for key, section in old.items() if key in kept},
        {key: section for key, section in new.items() if key in kept},
    )


def _tables(section: Content) -> set[str]:
    shown = (block.get("table") for block in by_key(section.get("blocks")).values())
    return {table for table in shown if isinstance(table, str)}


def _policy_changes(before: Content, after: Content) -> Iterator[Found]:
    old, new = ({name: side.get(name) for name in POLICY_FIELDS} for side in (before, after))
    yield from field_changes(old, new, place=Place(path="", subject="policy"), rule=POLICY)
    old_site, new_site = before.get("site") or {}, after.get("site") or {}
    place = Place(path="site", subject=f"site/{new_site.get('key')}")
    yield from field_changes(old_site, new_site, place=place, rule=SITE)


def _members(sections: Keyed, homes: Mapping[str, str]) -> dict[str, Member]:
    """Return all members by path; those of a block that moved at its new home."""
    members: dict[str, Member] = {}
    for path, block in blocks_of(sections).items():
        for address, member in members_of(block, homes.get(path, path)).items():
            members.setdefault(address, member)
    return members


def _told_once(found: Iterable[Found]) -> Iterator[Change]:
    """Leave out what was told already, of a contact, a site or the license shown twice."""
    told = set()
    for item in found:
        change = item.change
        said = json.dumps([change.op, change.type, change.before, change.after], default=str)
        if item.subject and (item.subject, said) in told:
            continue
        told.add((item.subject, said))
        yield change


def _in_reading_order(
    changes: Iterable[Change], old: Keyed, new: Keyed, *, order: tuple[Keyed, Keyed]
) -> list[Change]:
    """Sort by section, a table's changes with the section that shows it."""
    places: dict[str, int] = {}
    for place, key in enumerate(dict.fromkeys((*order[1], *order[0])), start=1):
        places[f"sections/{key}"] = place
        for side in (old, new):
            for path, block in blocks_of({key: side.get(key, {})}).items():
                places.setdefault("/".join(address_of(block, path).split("/")[:2]), place)
    return sorted(changes, key=lambda change: places.get(_owner(change.path), 0))


def _owner(path: str) -> str:
    return "/".join(path.split("/")[:2])


__all__ = ["compare", "compare_locales"]
