"""Differences between sections and between the blocks inside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from policy_api.domain.blocks.base import Comparison
from policy_api.domain.changes.fields import Found, Place, Rule, field_changes
from policy_api.domain.changes.members import (
    Block,
    address_of,
    comparison_of,
    keyed_members,
)
from policy_api.domain.changes.sequence import moved
from policy_api.domain.changes.significance import default_significance
from policy_api.domain.changes.types import Change, Op, Significance
from policy_api.domain.changes.values import exact, recorded

SECTION = Rule(
    whole="section.changed",
    types={"heading": "section.retitled"},
    skipped=frozenset({"key", "blocks", "locale", "dir", "translation"}),
)

LICENSE, CONTACT = "license", "exercise_contact"
"""Fields of a block that repeat what stands elsewhere too, so it is told about once."""

Keyed = dict[str, Mapping[str, Any]]


def by_key(things: object) -> Keyed:
    """Return sections or blocks by key, in order."""
    listed = things if isinstance(things, list) else []
    return {str(thing.get("key")): thing for thing in listed if isinstance(thing, Mapping)}


def blocks_of(sections: Mapping[str, Mapping[str, Any]]) -> Keyed:
    """Return all blocks by path, in order."""
    return {
        f"sections/{section}/blocks/{key}": block
        for section, content in sections.items()
        for key, block in by_key(content.get("blocks")).items()
    }


def section_changes(before: Keyed, after: Keyed) -> Iterator[Found]:
    """Yield the differences of sections, without what is inside them."""
    for key, section in after.items():
        place = _place(f"sections/{key}", section)
        if key in before:
            yield from field_changes(before[key], section, place=place, rule=SECTION)
        else:
            yield _came_or_went(place, "section.added", Op.ADDED, _title(section))
    for key, section in before.items():
        if key not in after:
            place = _place(f"sections/{key}", section)
            yield _came_or_went(place, "section.removed", Op.REMOVED, _title(section))


def reordered_sections(before: Keyed, after: Keyed) -> Iterator[Found]:
    """Yield the sections that stand in another place among those that were there before."""
    yield from _reordered(before, after, "sections", "section.moved")


def relocations(before: Keyed, after: Keyed) -> dict[str, str]:
    """Return the blocks that went to another section: path after → path before.

    Such a block keeps its key, its kind and, apart from members, what it says.
    """
    old, new = blocks_of(before), blocks_of(after)
    gone = {path: exact(_outline(block)) for path, block in old.items() if path not in new}
    found = {}
    for path, block in new.items():
        if path not in old:
            outline = exact(_outline(block))
            source = next((known for known, same in gone.items() if same == outline), None)
            if source is not None:
                del gone[source]
                found[path] = source
    return found


def block_changes(before: Keyed, after: Keyed, *, relocated: Mapping[str, str]) -> Iterator[Found]:
    """Yield the differences of blocks, without their members.

    Blocks of a section that came or went as a whole are told with it.
    """
    old, new = blocks_of(before), blocks_of(after)
    for path, block in new.items():
        if path in old:
            yield from _differences(old[path], block, path)
        elif path in relocated:
            yield _moved(_place(path, block), "section.changed", relocated[path], path)
        elif _section_of(path) in before:
            yield _came_or_went(_place(path, block), "section.changed", Op.ADDED, _outline(block))
    for path, block in old.items():
        left = path not in new and path not in relocated.values()
        if left and _section_of(path) in after:
            yield _came_or_went(_place(path, block), "section.changed", Op.REMOVED, _outline(block))
    for key in after:
        known, present = (by_key(side.get(key, {}).get("blocks")) for side in (before, after))
        yield from _reordered(known, present, f"sections/{key}/blocks", "section.changed")


def _section_of(path: str) -> str:
    return path.split("/")[1]


def _place(path: str, thing: Mapping[str, Any]) -> Place:
    return Place(path=path, origin=thing.get("origin", "base"))


def _differences(old: Block, new: Block, path: str) -> Iterator[Found]:
    if old == new:
        return
    if _identity(old) != _identity(new):
        yield Found(
            Change(
                path=path,
                op=Op.REPLACED,
                type="section.changed",
                before=_outline(old),
                after=_outline(new),
                significance=default_significance("section.changed"),
                origin=new.get("origin", "base"),
            )
        )
        return
    comparison = comparison_of(new)
    place = _place(address_of(new, path), new)
    skipped = _apart(old, new, comparison)
    yield from field_changes(old, new, place=place, rule=_rule(comparison, skipped))
    yield from _license_changes(old, new, place)
    yield from _contact_changes(old, new, place)


def _identity(block: Block) -> tuple[object, object]:
    return block.get("kind"), block.get("table")


def _apart(old: Block, new: Block, comparison: Comparison) -> frozenset[str]:
    """Return the fields that are not compared as others: identity, and members with keys."""
    listed = all(keyed_members(side, comparison) is not None for side in (old, new))
    members = [comparison.items] if listed and comparison.items is not None else []
    return frozenset({"key", "kind", "table", LICENSE, CONTACT, *members})


def _rule(comparison: Comparison, skipped: frozenset[str]) -> Rule:
    return Rule(
        whole=comparison.whole,
        types=dict.fromkeys(comparison.texts, "section.changed"),
        markdown=frozenset(comparison.texts),
        skipped=skipped,
    )


def _license_changes(old: Block, new: Block, place: Place) -> Iterator[Found]:
    """Compare the license that a block repeats."""
    yield from field_changes(
        {LICENSE: old.get(LICENSE)},
        {LICENSE: new.get(LICENSE)},
        place=replace(place, subject="policy"),
        rule=Rule(whole="license.changed"),
    )


def _contact_changes(old: Block, new: Block, place: Place) -> Iterator[Found]:
    """Compare the contact of a block: by field if it is still the same one."""
    rule = Rule(whole="contact.changed", skipped=frozenset({"key"}))
    before, after = old.get(CONTACT), new.get(CONTACT)
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        key = after.get("key")
        if before.get("key") == key:
            inside = replace(place, path=f"{place.path}/{CONTACT}", subject=f"contact/{key}")
            yield from field_changes(before, after, place=inside, rule=rule)
            return
    yield from field_changes({CONTACT: before}, {CONTACT: after}, place=place, rule=rule)


def _title(section: Mapping[str, Any]) -> dict[str, Any]:
    return {"key": section.get("key"), "heading": section.get("heading")}


def _outline(block: Block) -> dict[str, Any]:
    """Return a block without its members, which are told about one by one."""
    comparison = comparison_of(block)
    members = keyed_members(block, comparison)
    outline: dict[str, Any] = recorded(block)
    if members is not None and comparison.items is not None:
        del outline[comparison.items]
    return outline


def _came_or_went(place: Place, change_type: str, op: Op, value: object) -> Found:
    change = Change(
        path=place.path,
        op=op,
        type=change_type,
        before=value if op is Op.REMOVED else None,
        after=value if op is Op.ADDED else None,
        significance=default_significance(change_type),
        origin=place.origin,
    )
    return Found(change, place.subject)


def _reordered(before: Keyed, after: Keyed, prefix: str, change_type: str) -> Iterator[Found]:
    old, new = list(before), list(after)
    for key in moved(old, new):
        place = _place(f"{prefix}/{key}", after[key])
        yield _moved(place, change_type, old.index(key), new.index(key))


def _moved(place: Place, change_type: str, before: object, after: object) -> Found:
    return Found(
        Change(
            path=place.path,
            op=Op.MOVED,
            type=change_type,
            before=before,
            after=after,
            significance=Significance.EDITORIAL,
            origin=place.origin,
        )
    )
