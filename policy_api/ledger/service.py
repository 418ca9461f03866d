"""Adding to the ledger. Nothing here changes or deletes a row.

A release is written from its parts to the whole: ``lock``, ``store_source``, ``append_version``
for each version as it is composed, and last ``append_release``, which signs what the parts add up
to. All of it belongs in one write transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import insert, select, text, tuple_
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from policy_api.db.tx import is_timeout
from policy_api.domain.content.source import Source
from policy_api.domain.proof.canonical import canonical_json, digest_bytes
from policy_api.domain.proof.chain import seal
from policy_api.domain.proof.records import (
    DirectoryRecord,
    ReleaseRecord,
    Seal,
    UnitChangeRecord,
    VersionName,
    VersionRecord,
)
from policy_api.domain.proof.signing import PublicKey, Signer
from policy_api.errors import PublishConflict
from policy_api.ledger import queries
from policy_api.ledger.bodies import packed, packed_json
from policy_api.ledger.mapping import stored_states
from policy_api.ledger.models import (
    DirectoryState,
    Edition,
    LedgerLock,
    PublicKeyRow,
    Release,
    SourceObject,
    UnitChange,
    Version,
    Withdrawal,
)

PUBLISHING_TIMEOUT = "10min"
"""How long a release of many sites may take on PostgreSQL; other transactions are cut earlier."""

WAITING_TIMEOUT = "10s"
"""How long a release waits for another one that is being made."""

_HAS_TRANSACTION_TIMEOUT = (17,)


def lock(session: Session) -> None:
    """Wait until no other release is being made, and keep others waiting until the commit.

    On SQLite a write transaction is alone anyway.

    :raises PublishConflict: If the other one takes longer than anybody waits.
    """
    dialect = session.connection().dialect
    if dialect.name != "postgresql":
        return
    if (dialect.server_version_info or ()) >= _HAS_TRANSACTION_TIMEOUT:
        # A clock that is running already is not set anew, only stopped.
        session.execute(text("SET LOCAL transaction_timeout = 0"))
        session.execute(text(f"SET LOCAL transaction_timeout = '{PUBLISHING_TIMEOUT}'"))
    _wait_at_most(session, statement=f"'{WAITING_TIMEOUT}'", lock=f"'{WAITING_TIMEOUT}'")
    try:
        session.execute(select(LedgerLock.id).with_for_update())
    except DBAPIError as error:
        if not is_timeout(error):
            raise
        detail = "Another release is being made. Try again once it is done."
        raise PublishConflict(detail) from error
    _wait_at_most(session, statement="DEFAULT", lock="DEFAULT")


def _wait_at_most(session: Session, *, statement: str, lock: str) -> None:
    session.execute(text(f"SET LOCAL statement_timeout = {statement}"))
    session.execute(text(f"SET LOCAL lock_timeout = {lock}"))


def store_source(session: Session, source: Source) -> str:
    """Store what is new in a source and return its digest."""
    manifest = dict(source.digests)
    bodies: dict[str, Mapping[str, Any]] = {
        manifest[path]: entry for path, entry in source.entries.items()
    }
    bodies[source.digest] = manifest
    known = queries.known_source_objects(session, bodies)
    session.add_all(
        _source_object(digest, body) for digest, body in bodies.items() if digest not in known
    )
    session.flush()
    return source.digest


def append_version(
    session: Session,
    record: VersionRecord,
    *,
    release: int,
    contents: Mapping[str, object],
) -> None:
    """Store a version with its editions.

    :param release: Number of the release that is being made.
    :param contents: Locale → content, or a fragment of it in writing, for every digest.
    """
    row = Version(
        site=record.site,
        policy=record.policy,
        number=record.number,
        material_number=record.material_number,
        release=release,
        kind=record.kind,
        significance=record.significance,
        title=dict(record.title),
        summary=dict(record.summary),
        published_at=record.published_at,
        effective_at=record.effective_at,
        previous=record.previous,
        origin_release=record.origin_release,
        changes=list(record.changes),
    )
    session.add(row)
    session.flush()
    session.execute(
        insert(Edition),
        [
            _edition(row.id, locale, digest, contents[locale])
            for locale, digest in record.editions.items()
        ],
    )
    # Of many versions only this one needs to be in memory.
    session.expunge(row)


def append_release(session: Session, record: ReleaseRecord, *, signer: Signer) -> Seal:
    """Sign a release and store it with all it says beside its versions.

    :raises PublishConflict: If another release has taken its number.
    """
    head = queries.head(session)
    following = 1 if head is None else head.number + 1
    if record.number != following:
        raise PublishConflict(f"The next release is number {following}.", release=following)
    sealed = seal(record, previous=head.chain_head if head else None, signer=signer)
    _keep_key(session, signer.public_key)
    session.add(_release(record, sealed))
    session.add_all(_withdrawals(session, record))
    session.add_all(_directory(record.number, row) for row in record.directory)
    session.add_all(_unit_change(record.number, row) for row in record.unit_changes)
    session.flush()
    return sealed


def _keep_key(session: Session, key: PublicKey) -> None:
    """Store a key the first time it signs."""
    if session.get(PublicKeyRow, key.key_id) is None:
        session.add(PublicKeyRow(key_id=key.key_id, raw=key.raw))
        session.flush()


def _release(record: ReleaseRecord, sealed: Seal) -> Release:
    return Release(
        number=record.number,
        kind=record.kind,
        significance=record.significance,
        title=dict(record.title),
        summary=dict(record.summary),
        published_at=record.published_at,
        effective_at=record.effective_at,
        source_digest=record.source,
        states=stored_states(record.states),
        waivers=list(record.waivers),
        withdraws=record.withdraws,
        actor=record.actor,
        nonce=record.nonce,
        manifest=sealed.manifest,
        manifest_digest=sealed.manifest_digest,
        chain_head=sealed.chain_head,
        signature=sealed.signature,
        key_id=sealed.key_id,
    )


def _source_object(digest: str, value: Mapping[str, Any]) -> SourceObject:
    body = packed(canonical_json(value))
    return SourceObject(digest=digest, body=body, body_digest=digest_bytes(body))


def _edition(version_id: int, locale: str, digest: str, content: object) -> dict[str, Any]:
    body = packed_json(content)
    return {
        "version_id": version_id,
        "locale": locale,
        "digest": digest,
        "body": body,
        "body_digest": digest_bytes(body),
    }


def _withdrawals(session: Session, record: ReleaseRecord) -> Iterable[Withdrawal]:
    ids = _version_ids(session, record.withdrawn)
    return [Withdrawal(version_id=ids[name], release=record.number) for name in record.withdrawn]


def _directory(release: int, row: DirectoryRecord) -> DirectoryState:
    return DirectoryState(release=release, effective_at=row.effective_at, body=dict(row.body))


def _unit_change(release: int, row: UnitChangeRecord) -> UnitChange:
    return UnitChange(
        release=release,
        policy=row.policy,
        unit=row.unit,
        from_hash=row.from_hash,
        to_hash=row.to_hash,
        significance=row.significance,
    )


def _version_ids(session: Session, names: Iterable[VersionName]) -> dict[VersionName, int]:
    """Return the rows' ids of versions named from outside."""
    named = tuple_(Version.site, Version.policy, Version.number)
    wanted = [(name.site, name.policy, name.number) for name in names]
    query = select(Version.site, Version.policy, Version.number, Version.id)
    return {
        VersionName(site=site, policy=policy, number=number): row
        for site, policy, number, row in session.execute(query.where(named.in_(wanted)))
    }
