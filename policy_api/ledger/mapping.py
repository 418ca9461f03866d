"""From table rows to the values that leave the room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from policy_api.domain.proof.canonical import instant_text
from policy_api.domain.proof.records import Seal, StateRecord, UnitChangeRecord, VersionRecord
from policy_api.ledger.models import Edition, Release, UnitChange, Version
from policy_api.ledger.rows import (
    EditionRow,
    ReleaseRow,
    UnitChangeRow,
    VersionPlace,
    VersionRow,
)


def release_row(found: Release) -> ReleaseRow:
    """Return a release as a value."""
    return ReleaseRow(
        number=found.number,
        kind=found.kind,
        significance=found.significance,
        title=found.title,
        summary=found.summary,
        published_at=found.published_at,
        effective_at=found.effective_at,
        source_digest=found.source_digest,
        states=state_rows(found.states),
        waivers=tuple(found.waivers),
        withdraws=found.withdraws,
        actor=found.actor,
        nonce=found.nonce,
        seal=Seal(
            manifest=found.manifest,
            manifest_digest=found.manifest_digest,
            chain_head=found.chain_head,
            signature=found.signature,
            key_id=found.key_id,
        ),
    )


def version_row(found: Row[Any]) -> VersionRow:
    """Return a version, with what other rows say about it, as a value."""
    return VersionRow(
        id=found.id,
        site=found.site,
        policy=found.policy,
        number=found.number,
        material_number=found.material_number,
        release=found.release,
        kind=found.kind,
        significance=found.significance,
        title=found.title,
        summary=found.summary,
        published_at=found.published_at,
        effective_at=found.effective_at,
        previous=found.previous,
        origin_release=found.origin_release,
        changes=tuple(found.changes),
        withdrawn_by=found.withdrawn_by,
        replaced_at=found.replaced_at,
    )


def version_place(found: Row[Any]) -> VersionPlace:
    """Return where a version stands, without what it says."""
    return VersionPlace(
        id=found.id,
        site=found.site,
        policy=found.policy,
        number=found.number,
        published_at=found.published_at,
        effective_at=found.effective_at,
        previous=found.previous,
        withdrawn_by=found.withdrawn_by,
        replaced_at=found.replaced_at,
    )


def version_record(found: Version, editions: Mapping[str, str]) -> VersionRecord:
    """Return a version as its release recorded it.

    :param editions: Locale → digest.
    """
    return VersionRecord(
        site=found.site,
        policy=found.policy,
        number=found.number,
        material_number=found.material_number,
        kind=found.kind,
        significance=found.significance,
        title=found.title,
        summary=found.summary,
        published_at=found.published_at,
        effective_at=found.effective_at,
        previous=found.previous,
        origin_release=found.origin_release,
        changes=tuple(found.changes),
        editions=editions,
    )


def edition_row(found: Edition | Row[Any]) -> EditionRow:
    """Return an edition as a value."""
    return EditionRow(
        version_id=found.version_id,
        locale=found.locale,
        digest=found.digest,
        body=found.body,
        body_digest=found.body_digest,
    )


def unit_change_row(found: UnitChange) -> UnitChangeRow:
    """Return a changed source text as a value."""
    return UnitChangeRow(
        release=found.release,
        change=UnitChangeRecord(
            policy=found.policy,
            unit=found.unit,
            from_hash=found.from_hash,
            to_hash=found.to_hash,
            significance=found.significance,
        ),
    )


def state_rows(stored: Iterable[Mapping[str, Any]]) -> tuple[StateRecord, ...]:
    """Read the states of a release."""
    return tuple(
        StateRecord(
            effective_at=datetime.fromisoformat(state["effective_at"]),
            source=state["source"],
            origin=state["origin"],
        )
        for state in stored
    )


def stored_states(states: Iterable[StateRecord]) -> list[dict[str, Any]]:
    """Write the states of a release."""
    return [
        {
            "effective_at": instant_text(state.effective_at),
            "source": state.source,
            "origin": state.origin,
        }
        for state in states
    ]
