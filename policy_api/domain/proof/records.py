"""What a release is made of, as it is stored, proved and exported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = Mapping[str, Any]
Text = Mapping[str, str]
"""A text for readers by locale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRecord:
    """Which source is in force from an instant on."""

    effective_at: datetime
    source: str
    """Digest of the source's manifest."""

    origin: int
    """Number of the release that announced the state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRecord:
    """A numbered state of one site's policy, with the digests of its editions."""

    site: str
    policy: str
    number: int
    material_number: int
    kind: str
    significance: str
    title: Text
    summary: Text
    published_at: datetime
    effective_at: datetime
    previous: int | None
    origin_release: int
    changes: tuple[Json, ...]
    editions: Text
    """Locale → digest of the edition's content."""

    @property
    def address(self) -> str:
        """Where the version stands, in messages: ``versions/forum/privacy/4``."""
        return f"versions/{self.site}/{self.policy}/{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryRecord:
    """All sites and hosts from an instant on."""

    effective_at: datetime
    body: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitChangeRecord:
    """One changed source text; a translation made from the old one is behind."""

    policy: str
    unit: str
    from_hash: str
    to_hash: str
    significance: str


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class VersionName:
    """How a version is named from outside."""

    site: str
    policy: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRecord:
    """Everything one act of publishing put down."""

    number: int
    kind: str
    significance: str
    title: Text
    summary: Text
    published_at: datetime
    effective_at: datetime
    source: str
    """Digest of the source's manifest."""

    states: tuple[StateRecord, ...]
    """Every state from publication on, in order of effect."""

    actor: str
    """Who published. Not public: the signed manifest commits to it without naming it."""

    nonce: str
    """Random text that keeps the actor from being guessed from the manifest."""

    waivers: tuple[Json, ...] = ()
    withdraws: int | None = None
    """Number of the release that is taken back."""

    withdrawn: tuple[VersionName, ...] = ()
    """The versions that are taken back with it."""

    versions: tuple[VersionRecord, ...] = ()
    directory: tuple[DirectoryRecord, ...] = ()
    unit_changes: tuple[UnitChangeRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What binds a release to all before it, and its publisher to the release."""

    manifest: bytes = field(repr=False)
    """Canonical JSON."""

    manifest_digest: str
    chain_head: str
    signature: str
    key_id: str
