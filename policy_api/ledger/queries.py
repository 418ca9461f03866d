"""Questions to the ledger, one statement each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, ScalarSelect, Select, case, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from policy_api.domain.content.source import Source
from policy_api.domain.proof.chain import ChainLink
from policy_api.domain.proof.records import StateRecord
from policy_api.domain.proof.signing import PublicKey
from policy_api.ledger.bodies import unpacked
from policy_api.ledger.mapping import (
    edition_row,
    release_row,
    state_rows,
    unit_change_row,
    version_row,
)
from policy_api.ledger.models import (
    DirectoryState,
    Edition,
    PublicKeyRow,
    Release,
    SourceObject,
    UnitChange,
    Version,
    Withdrawal,
)
from policy_api.ledger.rows import (
    Directory,
    EditionRow,
    Numbers,
    ReleaseRow,
    UnitChangeRow,
    VersionRow,
)

_AT_ONCE = 5000
"""Digests asked for in one statement; both databases take several times as many."""

_later = aliased(Version)
_later_withdrawal = aliased(Withdrawal)


# Releases


def head_number(session: Session) -> int:
    """Return the number of the newest release, or 0; cheap enough for every request."""
    return session.scalar(select(func.max(Release.number))) or 0


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
    return _one_version(
        session,
        _versions()
        .where(Version.site == site, Version.policy == policy, Version.effective_at <= at)
        .where(Withdrawal.release.is_(None))
        .order_by(Version.effective_at.desc(), Version.number.desc()),
    )


def upcoming(session: Session, *, site: str, policy: str, at: datetime) -> VersionRow | None:
    """Return the version that is announced to take effect next after an instant."""
    return _one_version(
        session,
        _versions()
        .where(Version.site == site, Version.policy == policy, Version.effective_at > at)
        .where(Withdrawal.release.is_(None), Version.published_at <= at)
        # Of two that are announced for the same instant, the later one will take effect.
        .order_by(Version.effective_at, Version.number.desc()),
    )


def first_version(session: Session, *, site: str, policy: str) -> VersionRow | None:
    """Return the version that takes, or took, effect first."""
    return _one_version(
        session,
        _versions()
        .where(Version.site == site, Version.policy == policy)
        .where(Withdrawal.release.is_(None))
        .order_by(Version.effective_at, Version.number.desc()),
    )


def version(session: Session, *, site: str, policy: str, number: int) -> VersionRow | None:
    """Return a version by its number."""
    return _one_version(
        session,
        _versions().where(Version.site == site, Version.policy == policy, Version.number == number),
    )


def versions(
    session: Session, *, site: str, policy: str, before: int | None = None, limit: int = 50
) -> tuple[VersionRow, ...]:
    """Return versions, newest first.

    :param before: Only those with a smaller number.
    """
    query = (
        _versions()
        .where(Version.site == site, Version.policy == policy)
        .order_by(Version.number.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(Version.number < before)
    return _version_rows(session, query)


def release_versions(session: Session, *, release: int) -> tuple[VersionRow, ...]:
    """Return the versions a release made."""
    query = (
        _versions()
        .where(Version.release == release)
        .order_by(Version.site, Version.policy, Version.number)
    )
    return _version_rows(session, query)


def versions_announced_by(
    session: Session, *, release: int, after: datetime
) -> tuple[VersionRow, ...]:
    """Return what a release announced and what would still take effect after an instant.

    With the versions into which a later correction carried its announcement.
    """
    query = (
        _versions()
        .where(Version.origin_release == release, Version.effective_at > after)
        .where(Withdrawal.release.is_(None))
        .order_by(Version.site, Version.policy, Version.number)
    )
    return _version_rows(session, query)


def standing(session: Session, *, since: datetime) -> tuple[VersionRow, ...]:
    """Return, for all sites, the versions in force at an instant and those that follow.

    Without withdrawn ones and without those that another one replaces before they take effect;
    by site and policy, in order of effect.
    """
    overtaken = _follower(_later.id).where(
        (_later.effective_at <= since) | (_later.effective_at == Version.effective_at)
    )
    query = (
        _versions()
        .where(Withdrawal.release.is_(None), ~overtaken.exists())
        .order_by(Version.site, Version.policy, Version.effective_at, Version.number)
    )
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
    query = _versions().where(Version.site == site, Version.policy == policy)
    query = query.where(Version.number.in_(numbers)).order_by(Version.number.desc())
    return _version_rows(session, query)


def _follower(*columns: Any) -> Select[Any]:  # noqa: ANN401 -- columns of any type
    """Select from the versions that come after the one asked about, in the order of force."""
    return (
        select(*columns)
        .outerjoin(_later_withdrawal, _later_withdrawal.version_id == _later.id)
        .where(
            _later.site == Version.site,
            _later.policy == Version.policy,
            tuple_(_later.effective_at, _later.number)
            > tuple_(Version.effective_at, Version.number),
            _later_withdrawal.release.is_(None),
        )
        .correlate(Version)
    )


def _replaced_at() -> ScalarSelect[Any]:
    """Select when the next version takes over; at its announcement, if it starts no later."""
    same_start = _later.effective_at == Version.effective_at
    takes_over: ColumnElement[Any] = case(
        (same_start, _later.published_at), else_=_later.effective_at
    )
    return (
        _follower(takes_over)
        .order_by(_later.effective_at, _later.number)
        .limit(1)
        .scalar_subquery()
    )


def _versions() -> Select[Version, int | None, datetime | None]:
    return select(Version, Withdrawal.release, _replaced_at()).outerjoin(
        Withdrawal, Withdrawal.version_id == Version.id
    )


def _one_version(
    session: Session, query: Select[Version, int | None, datetime | None]
) -> VersionRow | None:
    found = session.execute(query.limit(1)).first()
    return None if found is None else version_row(*found)


def _version_rows(
    session: Session, query: Select[Version, int | None, datetime | None]
) -> tuple[VersionRow, ...]:
    return tuple(version_row(*found) for found in session.execute(query))


# Editions


def edition(session: Session, *, version_id: int, locale: str) -> EditionRow | None:
    """Return a version in one locale."""
    query = select(Edition).where(Edition.version_id == version_id, Edition.locale == locale)
    found = session.scalar(query)
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
    query = (
        select(Edition.locale, Edition.digest)
        .where(Edition.version_id == version_id)
        .order_by(Edition.locale)
    )
    return {row.locale: row.digest for row in session.execute(query)}


def edition_locales(session: Session, *, version_id: int) -> tuple[str, ...]:
    """Return the locales of a version's editions, sorted."""
    return tuple(edition_digests(session, version_id=version_id))


# Directory


def directory(session: Session, *, at: datetime) -> Directory:
    """Return the sites and hosts that count at an instant; before the first, the first ones."""
    newest = select(func.max(DirectoryState.release)).scalar_subquery()
    reached = case((DirectoryState.effective_at <= at, DirectoryState.effective_at))
    query = (
        select(DirectoryState.body)
        .where(DirectoryState.release == newest)
        .order_by(reached.desc().nulls_last(), DirectoryState.effective_at)
        .limit(1)
    )
    body = session.scalar(query)
    return Directory() if body is None else Directory.from_json(body)
