"""The source: everything people wrote, as entries by path, with its content address."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeVar

from policy_api.domain.content.limits import BASE_DEPTH
from policy_api.domain.proof.canonical import digest

T = TypeVar("T")

Entry = dict[str, Any]
"""One JSON object in stored form. Shared between sources: replaced, never edited."""

ORGANIZATION: Final = "organization"


class Source:
    """All entries of one state. Never changes; ``replace`` gives another one."""

    __slots__ = (
        "_by_prefix",
        "_digest",
        "_digests",
        "_entries",
        "_made",
        "_paths",
        "_policies",
        "_sites",
    )

    def __init__(self, entries: Mapping[str, Entry], digests: Mapping[str, str]) -> None:
        self._entries = MappingProxyType(dict(entries))
        self._digests = {path: known for path, known in digests.items() if path in entries}
        self._paths = tuple(sorted(self._entries))
        self._digest = ""
        # Asked for again and again while sites are composed.
        self._by_prefix: dict[str, tuple[str, ...]] = {}
        self._made: dict[Hashable, Any] = {}
        self._sites = tuple(path.removeprefix("sites/") for path in self.paths("sites/"))
        keys = (path.removeprefix("policies/") for path in self.paths("policies/"))
        self._policies = tuple(key for key in keys if "/" not in key)

    @classmethod
    def from_entries(cls, entries: Mapping[str, Entry]) -> Source:
        """Return a source of these entries, which must be in stored form."""
        return cls(entries, {})

    def replace(self, edits: Mapping[str, Entry | None]) -> Source:
        """Return a source with some entries added, replaced or (None) taken out."""
        entries = {path: self._entries[path] for path in self._paths if path not in edits}
        digests = {path: known for path, known in self._digests.items() if path not in edits}
        added = {path: entry for path, entry in edits.items() if entry is not None}
        return Source(entries | added, digests)

    @property
    def entries(self) -> Mapping[str, Entry]:
        """All entries by path."""
        return self._entries

    @property
    def digests(self) -> Mapping[str, str]:
        """Content address of every entry by path."""
        # Asked for path by path, so a look must not cost a walk.
        if len(self._digests) < len(self._paths):
            for path in self._paths:
                if path not in self._digests:
                    self._digests[path] = digest(self._entries[path])
        return MappingProxyType(self._digests)

    @property
    def digest(self) -> str:
        """Content address of the whole: the digest of all paths with theirs."""
        if not self._digest:
            self._digest = digest(dict(self.digests))
        return self._digest

    @property
    def organization(self) -> Entry:
        """The organization's entry; empty where none is written yet."""
        return self._entries.get(ORGANIZATION, {})

    def get(self, path: str) -> Entry | None:
        """Return the entry at a path, or None."""
        return self._entries.get(path)

    def paths(self, prefix: str = "") -> tuple[str, ...]:
        """Return the paths that begin with a prefix, in order."""
        if prefix not in self._by_prefix:
            start = bisect_left(self._paths, prefix)
            end = start
            while end < len(self._paths) and self._paths[end].startswith(prefix):
                end += 1
            self._by_prefix[prefix] = self._paths[start:end]
        return self._by_prefix[prefix]

    def once(self, name: Hashable, make: Callable[[], T]) -> T:
        """Return what follows from this source under a name, made when it is first asked for.

        Sites share what they do not change: the same object, so that others see it is the same.
        """
        if name not in self._made:
            self._made[name] = make()
        made: T = self._made[name]
        return made

    def sites(self) -> tuple[str, ...]:
        """Return the keys of all sites, in order."""
        return self._sites

    def policies(self) -> tuple[str, ...]:
        """Return the keys of all policies, in order."""
        return self._policies

    def site_chain(self, site: str) -> tuple[str, ...]:
        """Return a site and its bases, the root first.

        Ends at a base that does not exist, and at the allowed depth: what is wrong with a chain
        is said by ``check_source``, and nothing may loop until then.
        """
        chain: list[str] = []
        key: str | None = site
        while key is not None and len(chain) < BASE_DEPTH and f"sites/{key}" in self._entries:
            chain.insert(0, key)
            key = self._entries[f"sites/{key}"].get("base")
        return tuple(chain)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Source) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __len__(self) -> int:
        return len(self._paths)

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __contains__(self, path: object) -> bool:
        return path in self._entries

    def __repr__(self) -> str:
        return f"<Source of {len(self)} entries>"
