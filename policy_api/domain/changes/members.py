"""Members of blocks, such as rows of a table: matched by key wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policy_api.domain.blocks.base import BLOCK_KINDS, Comparison
from policy_api.domain.changes.fields import Found, Place, Rule, field_changes
from policy_api.domain.changes.sequence import moved
from policy_api.domain.changes.significance import DEFAULTS, default_significance
from policy_api.domain.changes.types import Change, Op, Significance
from policy_api.domain.changes.values import recorded

SHARED_NOUNS = frozenset({"contact", "site"})
"""Nouns of things that may stand in several places and are told about once."""

Block = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member of a block, with its address."""

    path: str
    list_path: str
    key: str
    comparison: Comparison
    value: Mapping[str, Any]
    origin: str

    @property
    def is_disclosure(self) -> bool:
        """Tell whether this is a row about a recipient."""
        return isinstance(self.value.get("recipient"), Mapping)

    @property
    def recipient(self) -> object:
        """Key of the recipient, or None if this is no row."""
        return self.value["recipient"].get("key") if self.is_disclosure else None

    @property
    def place(self) -> Place:
        """Where the member stands; contacts and sites are the same thing anywhere."""
        noun = self.comparison.noun
        subject = f"{noun}/{self.key}" if noun in SHARED_NOUNS else ""
        return Place(path=self.path, origin=self.origin, subject=subject)


def comparison_of(block: Block) -> Comparison:
    """Return how a block is compared; one of an unknown kind is compared field by field."""
    kind = block.get("kind")
    if isinstance(kind, str) and kind in BLOCK_KINDS:
        return BLOCK_KINDS.get(kind).comparison
    return Comparison()


def address_of(block: Block, path: str) -> str:
    """Return where a block's fields have their address: a table has one of its own."""
    table = block.get("table")
    return f"tables/{table}" if isinstance(table, str) else path


def members_of(block: Block, path: str) -> dict[str, Member]:
    """Return the members of a block by path, in order; none if they have no proper keys."""
    comparison = comparison_of(block)
    keyed = keyed_members(block, comparison)
    list_path = f"{address_of(block, path)}/{comparison.items}"
    inherited = block.get("origin", "base")
    return {
        f"{list_path}/{key}": Member(
            path=f"{list_path}/{key}",
            list_path=list_path,
            key=key,
            comparison=comparison,
            value=value,
            origin=value.get("origin", inherited),
        )
        for key, value in (keyed or {}).items()
    }


def keyed_members(block: Block, comparison: Comparison) -> dict[str, Mapping[str, Any]] | None:
    """Return a block's members by key, or None where the list cannot be read that way."""
    members = block.get(comparison.items) if comparison.items is not None else None
    if not isinstance(members, list):
        return None
    keyed = {
        member[comparison.item_key]: member
        for member in members
        if isinstance(member, Mapping) and isinstance(member.get(comparison.item_key), str)
    }
    return keyed if len(keyed) == len(members) else None


def member_changes(before: Mapping[str, Member], after: Mapping[str, Member]) -> Iterator[Found]:
    """Yield every difference between the members of two contents."""
    pairs = [(before[path], after[path]) for path in after if path in before]
    lost = [member for path, member in before.items() if path not in after]
    new = [member for path, member in after.items() if path not in before]
    replaced = _replacements(lost, new)
    relocated = _relocations(lost, new)
    for old, now in pairs:
        yield from _differences(old, now)
    for old, now in replaced:
        yield Found(_replaced(old, now))
    for old, now in relocated:
        yield Found(_moved(now, old.path, now.path))
        yield from _differences(old, now)
    yield from (_added(member) for member in new)
    yield from (_removed(member) for member in lost)
    yield from _reordered(before, after)


def _replacements(lost: list[Member], new: list[Member]) -> list[tuple[Member, Member]]:
    """Take out the rows whose recipient takes the place of another that is gone."""
    pairs = []
    for now in tuple(new):
        replaces = now.value.get("replaces") if now.is_disclosure else None
        candidates = [old for old in lost if replaces is not None and old.recipient == replaces]
        same_table = [old for old in candidates if old.list_path == now.list_path]
        if candidates:
            old = (same_table or candidates)[0]
            pairs.append((old, now))
            lost.remove(old)
            new.remove(now)
    return pairs


def _relocations(lost: list[Member], new: list[Member]) -> list[tuple[Member, Member]]:
    """Take out the members that went to another block with their key.

    Not rows: a table says what its recipients are, so leaving one for another is no move.
    """
    homeless = {(old.comparison.noun, old.key): old for old in lost if not old.is_disclosure}
    pairs = []
    for now in [member for member in new if not member.is_disclosure]:
        old = homeless.pop((now.comparison.noun, now.key), None)
        if old is not None:
            pairs.append((old, now))
            lost.remove(old)
            new.remove(now)
    return pairs


def _differences(old: Member, now: Member) -> Iterator[Found]:
    place = now.place
    other = now.is_disclosure and old.is_disclosure and old.recipient != now.recipient
    if other:
        yield Found(_replaced(old, now))
    yield from field_changes(
        old.value, now.value, place=place, rule=_rule(now.comparison, other_recipient=other)
    )


def _rule(comparison: Comparison, *, other_recipient: bool) -> Rule:
    noun = comparison.noun
    prefix = f"{comparison.items}."
    return Rule(
        whole=f"{noun}.changed" if f"{noun}.changed" in DEFAULTS else comparison.whole,
        types=comparison.aspects,
        markdown=frozenset(
            text.removeprefix(prefix) for text in comparison.texts if text.startswith(prefix)
        ),
        reordered=f"{noun}.moved" if f"{noun}.moved" in DEFAULTS else None,
        # Nobody who waits for news of recipients or purposes needs to hear of a space.
        reformatted="section.changed",
        skipped=frozenset(
            {comparison.item_key, "replaces", *(["recipient"] if other_recipient else [])}
        ),
    )


def _type(comparison: Comparison, happened: str) -> str:
    """Return the type of a member that came or went."""
    given = comparison.added if happened == "added" else comparison.removed
    noun = comparison.noun
    usual = f"{noun}.{happened}"
    if given is not None or usual in DEFAULTS:
        return given or usual
    return f"{noun}.changed" if f"{noun}.changed" in DEFAULTS else comparison.whole


def _added(member: Member) -> Found:
    change_type = _type(member.comparison, "added")
    change = Change(
        path=member.path,
        op=Op.ADDED,
        type=change_type,
        after=recorded(member.value),
        significance=default_significance(change_type),
        origin=member.origin,
    )
    return Found(change, member.place.subject)


def _removed(member: Member) -> Found:
    change_type = _type(member.comparison, "removed")
    change = Change(
        path=member.path,
        op=Op.REMOVED,
        type=change_type,
        before=recorded(member.value),
        significance=default_significance(change_type),
        origin=member.origin,
    )
    return Found(change, member.place.subject)


def _replaced(old: Member, now: Member) -> Change:
    change_type = "recipient.replaced"
    return Change(
        path=now.path,
        op=Op.REPLACED,
        type=change_type,
        before=recorded(old.value["recipient"]),
        after=recorded(now.value["recipient"]),
        significance=default_significance(change_type),
        origin=now.origin,
    )


def _reordered(before: Mapping[str, Member], after: Mapping[str, Member]) -> Iterator[Found]:
    """Yield the members that moved inside their list."""
    old, new = _by_list(before), _by_list(after)
    for list_path, paths in new.items():
        known = old.get(list_path, [])
        for path in moved(known, paths):
            yield Found(_moved(after[path], known.index(path), paths.index(path)))


def _by_list(members: Mapping[str, Member]) -> dict[str, list[str]]:
    lists: dict[str, list[str]] = {}
    for path, member in members.items():
        lists.setdefault(member.list_path, []).append(path)
    return lists


def _moved(member: Member, before: object, after: object) -> Change:
    usual = f"{member.comparison.noun}.moved"
    return Change(
        path=member.path,
        op=Op.MOVED,
        type=usual if usual in DEFAULTS else member.comparison.whole,
        before=before,
        after=after,
        significance=Significance.EDITORIAL,
        origin=member.origin,
    )
