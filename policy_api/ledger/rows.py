"""What the ledger answers: plain values, safe to keep and to hand on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any, Final, Self

import orjson

from policy_api.domain.proof.records import Seal, StateRecord, UnitChangeRecord
from policy_api.ledger.bodies import unpacked

REMEMBERED: Final = 16
REMEMBERED_BYTES: Final = 16 * 2**10
"""How many contents are remembered, and from what size on none is: a few MB in all."""

Text = Mapping[str, str]
"""A text for readers by locale."""


class Status(StrEnum):
    """How a version stands at an instant."""

    UPCOMING = "upcoming"
    CURRENT = "current"
    PAST = "past"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRow:
    """One act of publishing."""

    number: int
    kind: str
    significance: str
    title: Text
    summary: Text
    published_at: datetime
    effective_at: datetime
    source_digest: str
    states: tuple[StateRecord, ...]
    waivers: tuple[Mapping[str, Any], ...]
    withdraws: int | None
    actor: str
    nonce: str = field(repr=False)
    seal: Seal

    @property
    def chain_head(self) -> str:
        """Digest that covers this release and all before it."""
        return self.seal.chain_head


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionPlace:
    """Where a numbered state of one site's policy stands among the others."""

    id: int
    site: str
    policy: str
    number: int
    published_at: datetime
    effective_at: datetime
    previous: int | None
    withdrawn_by: int | None
    """Number of the release that took it back."""

    replaced_at: datetime | None
    """When another version takes its place, as announced so far; may lie ahead.

    For a version that another one replaced before it ever took effect: when that was announced.
    """

    def status(self, now: datetime) -> Status:
        """Tell how the version stands."""
        if self.withdrawn_by is not None:
            return Status.WITHDRAWN
        if self.replaced_at is not None and self.replaced_at <= now:
            return Status.PAST
        return Status.UPCOMING if self.effective_at > now else Status.CURRENT

    def superseded_at(self, now: datetime) -> datetime | None:
        """Return when another version took its place, or None as long as none has."""
        return self.replaced_at if self.status(now) is Status.PAST else None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow(VersionPlace):
    """A numbered state of one site's policy, and what became of it."""

    material_number: int
    release: int
    kind: str
    significance: str
    title: Text
    summary: Text
    origin_release: int
    changes: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Current:
    """A version that is in force, the one announced to follow it, and its languages."""

    version: VersionPlace
    upcoming: VersionPlace | None
    locales: tuple[str, ...]

    def is_in_force(self, now: datetime) -> bool:
        """Tell whether an instant lies between its effect and that of the next one."""
        replaced_at = self.version.replaced_at
        return self.version.effective_at <= now and (replaced_at is None or now < replaced_at)


@dataclass(frozen=True, kw_only=True)
class EditionRow:
    """One version in one locale; decompressed and decoded when it is asked for."""

    version_id: int
    locale: str
    digest: str
    body: bytes = field(repr=False)
    body_digest: str = field(repr=False)

    @cached_property
    def raw(self) -> bytes:
        """The content as JSON, members in reading order."""
        return unpacked(self.body)

    @cached_property
    def content(self) -> dict[str, Any]:
        """The content; callers share it, so they must not change it."""
        if len(self.body) <= REMEMBERED_BYTES:
            return _remembered(self.body)
        content: dict[str, Any] = orjson.loads(self.raw)
        return content


@lru_cache(maxsize=REMEMBERED)
def _remembered(body: bytes) -> dict[str, Any]:
    """Return the content of a body; pages, parts and other forms of one are asked for in a row."""
    content: dict[str, Any] = orjson.loads(unpacked(body))
    return content


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """The highest numbers ever given for one site's policy; withdrawn versions count."""

    number: int
    material_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitChangeRow:
    """A source text that a release changed."""

    release: int
    change: UnitChangeRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteInfo:
    """What must be known of a site to find it and to link to it."""

    key: str
    name: Text
    hosts: tuple[str, ...]
    base: str | None
    umbrella: bool
    locales: tuple[str, ...]
    source_locale: str
    policies: tuple[str, ...]
    notice_period_days: int
    pages: Mapping[str, str]
    """Policy → path on the site where it embeds the policy."""

    def to_json(self) -> dict[str, Any]:
        """Return the site as it is stored."""
        return {
            "name": dict(self.name),
            "hosts": list(self.hosts),
            "base": self.base,
            "umbrella": self.umbrella,
            "locales": list(self.locales),
            "source_locale": self.source_locale,
            "policies": list(self.policies),
            "notice_period_days": self.notice_period_days,
            "pages": dict(self.pages),
        }

    @classmethod
    def from_json(cls, key: str, stored: Mapping[str, Any]) -> Self:
        """Read a stored site."""
        return cls(
            key=key,
            name=stored["name"],
            hosts=tuple(stored["hosts"]),
            base=stored["base"],
            umbrella=stored["umbrella"],
            locales=tuple(stored["locales"]),
            source_locale=stored["source_locale"],
            policies=tuple(stored["policies"]),
            notice_period_days=stored["notice_period_days"],
            pages=stored["pages"],
        )


@dataclass(frozen=True, kw_only=True)
class Directory:
    """All sites and hosts that are published."""

    sites: Mapping[str, SiteInfo] = field(default_factory=dict)

    def by_host(self, host: str) -> SiteInfo | None:
        """Return the site a host belongs to; hosts are compared as they are stored."""
        return self._by_host.get(host)

    @cached_property
    def _by_host(self) -> dict[str, SiteInfo]:
        return {host: site for site in self.sites.values() for host in site.hosts}

    def to_json(self) -> dict[str, Any]:
        """Return the directory as it is stored."""
        return {"sites": {key: site.to_json() for key, site in self.sites.items()}}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read a stored directory."""
        rows = stored["sites"].items()
        return cls(sites={key: SiteInfo.from_json(key, site) for key, site in rows})


@dataclass(frozen=True, kw_only=True)
class Overview:
    """What the newest release says of all sites at once; the clock takes no part in it."""

    published_at: datetime | None = None

    switches: tuple[datetime, ...] = ()
    """When announced texts take effect, past and to come, in order."""

    directories: tuple[tuple[datetime, Directory], ...] = ()
    """From when which sites and hosts count, in order."""

    def directory(self, at: datetime) -> Directory:
        """Return the sites and hosts that count at an instant; before the first, the first ones."""
        reached = [each for effective_at, each in self.directories if effective_at <= at]
        first = [each for _, each in self.directories[:1]]
        return next(iter(reached[-1:] or first), Directory())
