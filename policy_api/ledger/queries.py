"""Questions to the ledger, one statement each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from policy_api.domain.content.source import Source
from policy_api.domain.proof.chain import ChainLink
from policy_api.domain.proof.records import StateRecord
from policy_api.domain.proof.signing import PublicKey
from policy_api.ledger import statements
from policy_api.ledger.bodies import unpacked
from policy_api.ledger.mapping import (
    edition_row,
    release_row,
    state_rows,
    unit_change_row,
    version_place,
    version_row,
)
from policy_api.ledger.models import (
    Edition,
    PublicKeyRow,
    Release,
    SourceObject,
    UnitChange,
    Version,
)
from policy_api.ledger.rows import (
    Current,
    Directory,
    EditionRow,
    Numbers,
    Overview,
    ReleaseRow,
    UnitChangeRow,
    VersionPlace,
    VersionRow,
)

_VERSION, _WITHDRAWAL = statements.VERSION.c, statements.WITHDRAWAL.c

_AT_ONCE = 5000
"""Digests asked for in one statement; both databases take several times as many."""


# Releases


def head_number(session: Session) -> int:
    """Return the number of the newest release, or 0; cheap enough for every request."""
    return session.scalar(statements.HEAD_NUMBER) or 0


def head(session: Session) -> ReleaseRow | None:
    """Return the newest release."""
    found = session.scalar(select(Release).order_by(Release.number.desc()).limit(1))
    return None if found is None else release_row(found)


def release(session: Session, number: int) -> ReleaseRow | None:
    """Return a release by its number."""
    found = session.scalar(select(Release).where(Release.number == number))
    return None if found is None else release_row(found)


def releases(
    session: Session, *, before: int | None = None, limit: int = 50
) -> tuple[ReleaseRow, ...]:
    """Return releases, newest first.

    :param before: Only those with a smaller number.
    """
    query = select(Release).order_by(Release.number.desc()).limit(limit)
    if before is not None:
        query = query.where(Release.number < before)
    return tuple(release_row(row) for row in session.scalars(query))


def states(session: Session) -> tuple[StateRecord, ...]:
    """Return the states of the source as the newest release left them, in order of effect."""
    query = select(Release.states).order_by(Release.number.desc()).limit(1)
    return state_rows(session.scalar(query) or [])


def chain(session: Session, *, since: int = 1) -> tuple[ChainLink, ...]:
    """Return the links of the chain from a release to the newest."""
    query = (
        select(Release.number, Release.manifest_digest, Release.chain_head)
        .where(Release.number >= since)
        .order_by(Release.number)
    )
    return tuple(
        ChainLink(release=number, manifest_digest=digest, chain_head=chain_head)
        for number, digest, chain_head in session.execute(query)
    )


def public_keys(session: Session) -> tuple[PublicKey, ...]:
    """Return every key that ever signed a release."""
    query = select(PublicKeyRow.raw).order_by(PublicKeyRow.key_id)
    return tuple(PublicKey(raw) for raw in session.scalars(query))


def unit_changes(session: Session, *, policy: str) -> tuple[UnitChangeRow, ...]:
    """Return the changed source texts of a policy, oldest release first."""
    query = (
        select(UnitChange)
        .where(UnitChange.policy == policy)
        .order_by(UnitChange.release, UnitChange.unit, UnitChange.from_hash)
    )
    return tuple(unit_change_row(row) for row in session.scalars(query))


# Sources


def source_digests(session: Session, digest: str) -> dict[str, str]:
    """Return a source's manifest: path → digest of the entry.

    :raises LookupError: If there is no such source.
    """
    manifest: dict[str, str] = orjson.loads(_source_bodies(session, [digest])[digest])
    return manifest


def load_source(session: Session, digest: str) -> Source:
    """Return a whole source.

    :raises LookupError: If it is not, or not completely, there.
    """
    manifest = source_digests(session, digest)
    bodies = _source_bodies(session, sorted(set(manifest.values())))
    entries = {path: orjson.loads(bodies[entry]) for path, entry in manifest.items()}
    return Source(entries, manifest)


def known_source_objects(session: Session, digests: Iterable[str]) -> set[str]:
    """Return those of some digests that are stored."""
    known: set[str] = set()
    for part in _parts(list(digests)):
        query = select(SourceObject.digest).where(SourceObject.digest.in_(part))
        known.update(session.scalars(query))
    return known


def _source_bodies(session: Session, digests: Sequence[str]) -> dict[str, bytes]:
    """Return stored source objects as canonical JSON."""
    found: dict[str, bytes] = {}
    for part in _parts(digests):
        query = select(SourceObject.digest, SourceObject.body).where(SourceObject.digest.in_(part))
        found.update((digest, unpacked(body)) for digest, body in session.execute(query))
    missing = [digest for digest in digests if digest not in found]
    if missing:
        raise LookupError(f"The ledger has no source object {missing[0]}.")
    return found


def _parts(digests: Sequence[str]) -> Iterable[Sequence[str]]:
    return (digests[start : start + _AT_ONCE] for start in range(0, len(digests), _AT_ONCE))


# Versions


def in_force(session: Session, *, site: str, policy: str, at: datetime) -> VersionRow | None:
    """Return the version in force at an instant, or None before the first."""
    return _one_version(session, statements.IN_FORCE, site=site, policy=policy, at=at)


def place_in_force(session: Session, *, site: str, policy: str, at: datetime) -> Current | None:
    """Return where the version in force at an instant stands; what it says is not read."""
    asked = {"site": site, "policy": policy, "at": at}
    found = session.execute(statements.PLACE_IN_FORCE, asked).first()
    if found is None:
        return None
    version, upcoming = version_place(found), None
    if version.replaced_at is not None:
        announced = session.execute(statements.PLACE_UPCOMING, asked).first()
        upcoming = None if announced is None else version_place(announced)
    locales = edition_locales(session, version_id=version.id)
    return Current(version=version, upcoming=upcoming, locales=locales)


def upcoming(session: Session, *, site: str, policy: str, at: datetime) -> VersionRow | None:
    """Return the version that is announced to take effect next after an instant."""
    return _one_version(session, statements.UPCOMING, site=site, policy=policy, at=at)


def first_version(session: Session, *, site: str, policy: str) -> VersionRow | None:
    """Return the version that takes, or took, effect first."""
    return _one_version(session, statements.FIRST_VERSION, site=site, policy=policy)


def version(session: Session, *, site: str, policy: str, number: int) -> VersionRow | None:
    """Return a version by its number."""
    return _one_version(session, statements.ONE_VERSION, site=site, policy=policy, number=number)


def place_of_version(
    session: Session, *, site: str, policy: str, number: int
) -> VersionPlace | None:
    """Return where a version stands; what it says is not read."""
    asked = {"site": site, "policy": policy, "number": number}
    found = session.execute(statements.PLACE_OF_VERSION, asked).first()
    return None if found is None else version_place(found)


def versions(
    session: Session, *, site: str, policy: str, before: int | None = None, limit: int = 50
) -> tuple[VersionRow, ...]:
    """Return versions, newest first.

    :param before: Only those with a smaller number.
    """
    asked = {"site": site, "policy": policy, "limit": limit}
    if before is None:
        return _version_rows(session, statements.NEWEST_VERSIONS, **asked)
    return _version_rows(session, statements.OLDER_VERSIONS, **asked, before=before)


def release_versions(session: Session, *, release: int) -> tuple[VersionRow, ...]:
    """Return the versions a release made."""
    query = statements.VERSIONS.where(_VERSION.release == release).order_by(
        _VERSION.site, _VERSION.policy, _VERSION.number
    )
    return _version_rows(session, query)


def versions_announced_by(
    session: Session, *, release: int, after: datetime
) -> tuple[VersionRow, ...]:
    """Return what a release announced and what would still take effect after an instant.

    With the versions into which a later correction carried its announcement.
    """
    query = (
        statements.VERSIONS.where(_VERSION.origin_release == release, _VERSION.effective_at > after)
        .where(_WITHDRAWAL.release.is_(None))
        .order_by(_VERSION.site, _VERSION.policy, _VERSION.number)
    )
    return _version_rows(session, query)


def standing(session: Session, *, since: datetime) -> tuple[VersionRow, ...]:
    """Return, for all sites, the versions in force at an instant and those that follow.

    Without withdrawn ones and without those that another one replaces before they take effect;
    by site and policy, in order of effect.
    """
    query = statements.VERSIONS.where(
        _WITHDRAWAL.release.is_(None), ~statements.overtaken(since)
    ).order_by(_VERSION.site, _VERSION.policy, _VERSION.effective_at, _VERSION.number)
    return _version_rows(session, query)


def last_numbers(session: Session) -> dict[tuple[str, str], Numbers]:
    """Return the highest numbers ever given, by site and policy."""
    highest = func.max(Version.number), func.max(Version.material_number)
    query = select(Version.site, Version.policy, *highest).group_by(Version.site, Version.policy)
    return {
        (site, policy): Numbers(number=number, material_number=material)
        for site, policy, number, material in session.execute(query)
    }


def version_numbers(
    session: Session, *, site: str, policy: str, significances: Collection[str]
) -> tuple[int, ...]:
    """Return the numbers of the versions that matter so much, in order."""
    query = select(Version.number).where(Version.site == site, Version.policy == policy)
    wanted = query.where(Version.significance.in_(significances)).order_by(Version.number)
    return tuple(session.scalars(wanted))


def numbered(
    session: Session, *, site: str, policy: str, numbers: Collection[int]
) -> tuple[VersionRow, ...]:
    """Return the versions of some numbers, newest first."""
    query = statements.VERSIONS.where(_VERSION.site == site, _VERSION.policy == policy)
    query = query.where(_VERSION.number.in_(numbers)).order_by(_VERSION.number.desc())
    return _version_rows(session, query)


def _one_version(session: Session, query: Select[Any], **asked: object) -> VersionRow | None:
    found = session.execute(query, asked).first()
    return None if found is None else version_row(found)


def _version_rows(session: Session, query: Select[Any], **asked: object) -> tuple[VersionRow, ...]:
    return tuple(version_row(found) for found in session.execute(query, asked))


# Editions


def edition(session: Session, *, version_id: int, locale: str) -> EditionRow | None:
    """Return a version in one locale."""
    asked = {"version_id": version_id, "locale": locale}
    found = session.execute(statements.ONE_EDITION, asked).first()
    return None if found is None else edition_row(found)


def editions(session: Session, *, version_ids: Iterable[int]) -> tuple[EditionRow, ...]:
    """Return all editions of some versions, by version and locale."""
    query = (
        select(Edition)
        .where(Edition.version_id.in_(list(version_ids)))
        .order_by(Edition.version_id, Edition.locale)
    )
    return tuple(edition_row(row) for row in session.scalars(query))


def edition_digests(session: Session, *, version_id: int) -> dict[str, str]:
    """Return locale → digest of a version's editions, without their bodies."""
    found = session.execute(statements.EDITION_DIGESTS, {"version_id": version_id})
    return {row.locale: row.digest for row in found}


def edition_locales(session: Session, *, version_id: int) -> tuple[str, ...]:
    """Return the locales of a version's editions, sorted."""
    return tuple(edition_digests(session, version_id=version_id))


# All sites at once


def chain_head(session: Session) -> str | None:
    """Return what names the present state of the whole ledger, or None while it is empty."""
    return session.scalar(statements.CHAIN_HEAD)


def instants(session: Session) -> tuple[datetime | None, tuple[datetime, ...]]:
    """Return when something was published last, and when announced texts take effect.

    In order, past instants too; as the newest release left them.
    """
    head = session.execute(statements.HEAD_INSTANTS).first()
    if head is None:
        return None, ()
    published_at, states = head
    return published_at, tuple(sorted(state.effective_at for state in state_rows(states)))


def overview(session: Session) -> Overview:
    """Return what the newest release says of all sites at once."""
    published_at, switches = instants(session)
    directories = tuple(
        (effective_at, Directory.from_json(body))
        for effective_at, body in session.execute(statements.DIRECTORIES)
    )
    return Overview(published_at=published_at, switches=switches, directories=directories)


def directory(session: Session, *, at: datetime) -> Directory:
    """Return the sites and hosts that count at an instant; before the first, the first ones."""
    return overview(session).directory(at)
