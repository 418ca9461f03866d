"""The signed statement of what a release contains, built the same way to publish and to verify."""

from __future__ import annotations

from collections import Counter
from typing import Any

from policy_api.domain.proof.canonical import digest, instant_text
from policy_api.domain.proof.records import (
    DirectoryRecord,
    ReleaseRecord,
    StateRecord,
    UnitChangeRecord,
    VersionName,
    VersionRecord,
)


def manifest(record: ReleaseRecord, *, previous: str | None) -> dict[str, Any]:
    """Return the manifest of a release.

    Every stored fact is in it, or a digest of it, so a changed fact gives another manifest.

    :param previous: Chain head of the release before; None for the first.
    """
    return {
        "release": record.number,
        "kind": record.kind,
        "significance": record.significance,
        "published_at": instant_text(record.published_at),
        "effective_at": instant_text(record.effective_at),
        "title": dict(record.title),
        "summary": dict(record.summary),
        "previous": previous,
        "source": record.source,
        "states": [_state(state) for state in record.states],
        "withdraws": record.withdraws,
        "withdrawn": [_name(name) for name in sorted(record.withdrawn)],
        "waivers": dict(Counter(waiver["rule"] for waiver in record.waivers)),
        "waivers_digest": digest(record.waivers),
        "actor_digest": actor_digest(record.actor, nonce=record.nonce),
        "directory": [_directory(row) for row in record.directory],
        "unit_changes": unit_changes_digest(record.unit_changes),
        "versions": [_version(version) for version in sorted(record.versions, key=_order)],
    }


def actor_digest(actor: str, *, nonce: str) -> str:
    """Return a commitment to who published, which does not tell who it was."""
    return digest({"actor": actor, "nonce": nonce})


def unit_changes_digest(changes: tuple[UnitChangeRecord, ...]) -> str:
    """Return the digest of a release's changed source texts, in whatever order they come."""
    rows = sorted(
        (row.policy, row.unit, row.from_hash, row.to_hash, row.significance) for row in changes
    )
    names = ("policy", "unit", "from", "to", "significance")
    return digest([dict(zip(names, row, strict=True)) for row in rows])


def _order(version: VersionRecord) -> tuple[str, str, int]:
    return version.site, version.policy, version.number


def _state(state: StateRecord) -> dict[str, Any]:
    return {
        "effective_at": instant_text(state.effective_at),
        "source": state.source,
        "origin": state.origin,
    }


def _name(name: VersionName) -> dict[str, Any]:
    return {"site": name.site, "policy": name.policy, "version": name.number}


def _directory(row: DirectoryRecord) -> dict[str, Any]:
    return {"effective_at": instant_text(row.effective_at), "digest": digest(row.body)}


def _version(version: VersionRecord) -> dict[str, Any]:
    return {
        "site": version.site,
        "policy": version.policy,
        "version": version.number,
        "material_number": version.material_number,
        "kind": version.kind,
        "significance": version.significance,
        "published_at": instant_text(version.published_at),
        "effective_at": instant_text(version.effective_at),
        "previous": version.previous,
        "origin_release": version.origin_release,
        "title": dict(version.title),
        "summary": dict(version.summary),
        "changes": digest(version.changes),
        "editions": dict(version.editions),
    }
