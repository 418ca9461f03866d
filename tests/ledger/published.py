"""Publishing a chapter of the story through the service, as the product does."""

from __future__ import annotations

from sqlalchemy.orm import Session

from policy_api.db.tx import writing
from policy_api.domain.content.source import Source
from policy_api.domain.proof.records import Seal
from policy_api.domain.proof.signing import Signer
from policy_api.ledger import service
from tests.proof.story import Chapter


def publish(session: Session, chapter: Chapter, *, signer: Signer) -> Seal:
    with writing(session):
        return append(session, chapter, signer=signer)


def append(session: Session, chapter: Chapter, *, signer: Signer) -> Seal:
    """Write a release within a transaction of the caller's."""
    record = chapter.record
    service.lock(session)
    for entries in chapter.sources:
        service.store_source(session, Source.from_entries(entries))  # type: ignore[arg-type]
    for version in record.versions:
        contents = chapter.contents_of(version)
        service.append_version(session, version, release=record.number, contents=contents)
    return service.append_release(session, record, signer=signer)
