"""The ledger as a history that can be verified and exported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from policy_api.db.readiness import is_damage
from policy_api.domain.proof.canonical import digest_bytes
from policy_api.domain.proof.folder import write_history
from policy_api.domain.proof.history import (
    MISSHAPEN,
    Damaged,
    Progress,
    StoredEdition,
    StoredRelease,
    silent,
)
from policy_api.domain.proof.records import (
    DirectoryRecord,
    ReleaseRecord,
    UnitChangeRecord,
    VersionName,
    VersionRecord,
)
from policy_api.domain.proof.signing import PublicKey
from policy_api.errors import BadInput
from policy_api.ledger.bodies import Unreadable, unpacked
from policy_api.ledger.mapping import release_row, unit_change_row, version_record
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

T = TypeVar("T")


@contextmanager
def reading_at(place: str) -> Iterator[None]:
    """Name the place of what cannot be read in a block.

    :raises Damaged: If what is stored there is not what was once written.
    """
    try:
        yield
    except (*MISSHAPEN, Unreadable) as error:
        raise Damaged(place, f"{type(error).__name__}: {error}") from error
    except DatabaseError as error:
        if not is_damage(error):
            raise
        raise Damaged(place, str(error.orig)) from error


class DatabaseHistory:
    """Everything the ledger holds, read release by release."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keys(self) -> Mapping[str, PublicKey]:
        """Return the public keys that signed."""
        keys = {}
        with reading_at("keys"):
            rows = self._session.execute(select(PublicKeyRow.key_id, PublicKeyRow.raw)).all()
        for key_id, raw in rows:
            key = _public_key(key_id, raw)
            keys[key.key_id] = key
        return keys

    def releases(self) -> Iterator[StoredRelease]:
        """Read the releases one after the other."""
        numbers = self._session.scalars(select(Release.number).order_by(Release.number)).all()
        for number in numbers:
            with reading_at(f"releases/{number}"):
                found = self._release(number)
            yield found

    def edition(self, version: VersionRecord, locale: str) -> StoredEdition:
        """Read an edition."""
        query = (
            select(Edition.body, Edition.body_digest)
            .join(Version, Version.id == Edition.version_id)
            .where(
                Version.site == version.site,
                Version.policy == version.policy,
                Version.number == version.number,
                Edition.locale == locale,
            )
        )
        with reading_at(f"{version.address}/editions/{locale}"):
            body, noted = self._session.execute(query).one()
        with reading_at(f"{version.address}/editions/{locale}/body"):
            content = unpacked(body)
        return StoredEdition(content=content, noted_digest=noted, actual_digest=digest_bytes(body))

    def source_object(self, digest: str) -> bytes | None:
        """Read a source object."""
        query = select(SourceObject.body, SourceObject.body_digest)
        with reading_at(f"source/{digest}"):
            row = self._session.execute(query.where(SourceObject.digest == digest)).one_or_none()
            if row is None:
                return None
            body, noted = row
            content = unpacked(body)
        actual = digest_bytes(body)
        if noted not in {None, actual}:
            raise Damaged(f"source/{digest}/body_digest", f"{noted}; the bytes have {actual}")
        return content

    def strays(self) -> Iterator[str]:
        """Find rows that hang from nothing, which only someone past the constraints can write."""
        for name, query in _strays():
            with reading_at(name):
                rows = self._session.execute(query).all()
            for row in rows:
                yield f"{name}/{'/'.join(map(str, row))}"

    def _release(self, number: int) -> StoredRelease:
        row = release_row(self._rows(select(Release).where(Release.number == number))[0])
        return StoredRelease(
            seal=row.seal,
            record=ReleaseRecord(
                number=row.number,
                kind=row.kind,
                significance=row.significance,
                title=row.title,
                summary=row.summary,
                published_at=row.published_at,
                effective_at=row.effective_at,
                source=row.source_digest,
                states=row.states,
                waivers=row.waivers,
                withdraws=row.withdraws,
                actor=row.actor,
                nonce=row.nonce,
                versions=self._versions(number),
                withdrawn=self._withdrawn(number),
                directory=self._directory(number),
                unit_changes=self._unit_changes(number),
            ),
        )

    def _versions(self, release: int) -> tuple[VersionRecord, ...]:
        found = self._rows(
            select(Version)
            .where(Version.release == release)
            .order_by(Version.site, Version.policy, Version.number)
        )
        digests: dict[int, dict[str, str]] = defaultdict(dict)
        query = (
            select(Edition.version_id, Edition.locale, Edition.digest)
            .where(Edition.version_id.in_([row.id for row in found]))
            .order_by(Edition.locale)
        )
        for version_id, locale, digest in self._session.execute(query):
            digests[version_id][locale] = digest
        return tuple(version_record(row, digests[row.id]) for row in found)

    def _withdrawn(self, release: int) -> tuple[VersionName, ...]:
        query = (
            select(Version.site, Version.policy, Version.number)
            .join(Withdrawal, Withdrawal.version_id == Version.id)
            .where(Withdrawal.release == release)
        )
        return tuple(
            VersionName(site=site, policy=policy, number=number)
            for site, policy, number in self._session.execute(query)
        )

    def _directory(self, release: int) -> tuple[DirectoryRecord, ...]:
        query = (
            select(DirectoryState)
            .where(DirectoryState.release == release)
            .order_by(DirectoryState.effective_at)
        )
        return tuple(
            DirectoryRecord(effective_at=row.effective_at, body=row.body)
            for row in self._rows(query)
        )

    def _unit_changes(self, release: int) -> tuple[UnitChangeRecord, ...]:
        query = select(UnitChange).where(UnitChange.release == release)
        return tuple(unit_change_row(row).change for row in self._rows(query))

    def _rows(self, query: Select[T]) -> Sequence[T]:
        """Run a query afresh: what the session remembers may differ from what is stored now."""
        fresh = {"populate_existing": True}
        return self._session.scalars(query, execution_options=fresh).all()


def export_history(session: Session, path: Path, *, progress: Progress = silent) -> None:
    """Write the whole history into a new folder.

    :raises FileExistsError: If the folder is there already.
    :raises Damaged: If something of it cannot be read.
    """
    write_history(DatabaseHistory(session), path, progress=progress)


def _public_key(key_id: str, raw: bytes) -> PublicKey:
    place = f"keys/{key_id}"
    try:
        key = PublicKey(raw)
    except BadInput as error:
        raise Damaged(place, str(error)) from error
    if key.key_id != key_id:
        raise Damaged(place, f"the key is {key.key_id}")
    return key


def _strays() -> tuple[tuple[str, Select[*tuple[Any, ...]]], ...]:
    """Return queries for rows without what they belong to, each with its name for them."""
    named = (Version.site, Version.policy, Version.number)
    edition = (Edition.version_id, Edition.locale)
    state = (DirectoryState.release, DirectoryState.effective_at)
    unit = (UnitChange.release, UnitChange.policy, UnitChange.unit)
    releases, versions = select(Release.number), select(Version.id)
    return (
        ("versions", select(*named).where(Version.release.not_in(releases))),
        ("editions", select(*edition).where(Edition.version_id.not_in(versions))),
        (
            "withdrawals",
            select(Withdrawal.version_id).where(
                Withdrawal.release.not_in(releases) | Withdrawal.version_id.not_in(versions)
            ),
        ),
        ("directory", select(*state).where(DirectoryState.release.not_in(releases))),
        ("unit_changes", select(*unit).where(UnitChange.release.not_in(releases))),
    )
