"""Releases are added whole, in order, and never touched again."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from policy_api.db.base import Model
from policy_api.db.engine import make_engine
from policy_api.db.tx import retrying, writing
from policy_api.domain.content.source import Source
from policy_api.domain.proof.records import VersionName, VersionRecord
from policy_api.domain.proof.signing import Signer
from policy_api.domain.proof.verify import verify
from policy_api.errors import PublishConflict
from policy_api.ledger import queries, service
from policy_api.ledger.history import DatabaseHistory
from policy_api.ledger.models import Edition, SourceObject, Version
from tests.ledger.published import append, publish
from tests.proof.story import START, Chapter, entries, story

APPEND_ONLY = (
    "source_object",
    "public_key",
    "release",
    "version",
    "edition",
    "withdrawal",
    "directory",
    "unit_change",
)


def append_alone(session: Session, version: VersionRecord, chapter: Chapter) -> None:
    contents = chapter.contents_of(version)
    service.append_version(session, version, release=1, contents=contents)


def count(session: Session, model: type[Model]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_the_seal_is_stored_as_it_was_returned(session: Session, signer: Signer) -> None:
    sealed = publish(session, story()[0], signer=signer)

    head = queries.head(session)

    assert head is not None
    assert head.seal == sealed


def test_a_release_keeps_everything_it_was_told(published: Session) -> None:
    record = story()[1].record

    found = queries.release(published, 2)

    assert found is not None
    for name in ("number", "kind", "significance", "title", "published_at", "states", "waivers"):
        assert getattr(found, name) == getattr(record, name)


def test_a_release_that_skips_a_number_is_refused(session: Session, signer: Signer) -> None:
    with pytest.raises(PublishConflict) as caught:
        publish(session, story()[1], signer=signer)

    assert caught.value.extra == {"release": 1}


def test_a_release_that_fails_leaves_nothing_behind(session: Session, signer: Signer) -> None:
    chapter = story()[0]
    unknown = (VersionName(site="forum", policy="privacy", number=9),)
    broken = replace(chapter, record=replace(chapter.record, withdrawn=unknown))

    with pytest.raises(LookupError):
        publish(session, broken, signer=signer)

    assert queries.head(session) is None
    assert count(session, Version) == count(session, Edition) == count(session, SourceObject) == 0


def test_versions_without_their_release_are_refused_at_the_commit(
    session: Session, signer: Signer
) -> None:
    chapter = story()[0]
    version = chapter.record.versions[0]

    with pytest.raises(IntegrityError), writing(session):
        append_alone(session, version, chapter)


def test_a_number_is_given_once_per_site_and_policy(session: Session, signer: Signer) -> None:
    chapter = story()[0]
    version = chapter.record.versions[0]
    publish(session, chapter, signer=signer)

    with pytest.raises(IntegrityError), writing(session):
        append_alone(session, version, chapter)


def test_what_two_sources_share_is_stored_once(session: Session) -> None:
    first, second = (Source.from_entries(entries(text)) for text in ("One.", "Two."))  # type: ignore[arg-type]

    with writing(session):
        service.store_source(session, first)
        service.store_source(session, second)
        service.store_source(session, first)

    # Two manifests, two sections, and four entries that both have.
    assert count(session, SourceObject) == 8


def test_a_source_comes_back_as_it_was(session: Session) -> None:
    source = Source.from_entries(entries("Grüße, 世界 \U0001f600"))  # type: ignore[arg-type]
    with writing(session):
        digest = service.store_source(session, source)

    found = queries.load_source(session, digest)

    assert found == source
    assert dict(found.entries) == dict(source.entries)


def test_an_edition_comes_back_in_reading_order(session: Session, signer: Signer) -> None:
    chapter = story()[0]
    publish(session, chapter, signer=signer)
    row = queries.version(session, site="forum", policy="privacy", number=1)
    assert row is not None

    edition = queries.edition(session, version_id=row.id, locale="de")

    written = chapter.contents["forum", "privacy", 1]["de"]
    assert edition is not None
    assert list(edition.content.items()) == list(written.items())
    assert edition.raw.startswith(b'{"site":{"key":"forum"')


def test_a_key_is_kept_once_however_often_it_signs(published: Session, signer: Signer) -> None:
    assert queries.public_keys(published) == (signer.public_key,)


def test_a_new_key_joins_the_old_one_and_both_verify(
    session: Session, signer: Signer, tmp_path: Path
) -> None:
    first, second, *_ = story()
    publish(session, first, signer=signer)

    publish(session, second, signer=Signer.create(tmp_path / "new.pem"))

    assert len(queries.public_keys(session)) == 2
    assert verify(DatabaseHistory(session)) is None


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("act", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_the_database_refuses_to_change_what_was_published(
    published: Session, table: str, act: str
) -> None:
    column = first_column(table)
    published.rollback()

    with pytest.raises(DBAPIError, match="never changed"), writing(published):
        published.execute(text(act.format(table, column, column)))


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_database_refuses_to_be_emptied(published: Session, table: str) -> None:
    acts = {"sqlite": "DELETE FROM {}", "postgresql": "TRUNCATE {} CASCADE"}
    act = acts[published.get_bind().dialect.name]
    published.rollback()

    with pytest.raises(DBAPIError, match="never changed"), writing(published):
        published.execute(text(act.format(table)))


def test_the_database_refuses_to_replace_what_was_published(published: Session) -> None:
    acts = {
        "sqlite": "INSERT OR REPLACE INTO public_key SELECT * FROM public_key",
        "postgresql": "INSERT INTO public_key SELECT * FROM public_key "
        "ON CONFLICT (key_id) DO UPDATE SET raw = ''",
    }
    act = acts[published.get_bind().dialect.name]
    published.rollback()

    with pytest.raises(DBAPIError, match="never changed"), writing(published):
        published.execute(text(act))


def first_column(table: str) -> str:
    return next(iter(Model.metadata.tables[table].c)).name


def publish_next(engine: Engine, signer: Signer) -> int:
    """Publish the first chapter again under the next numbers."""
    with Session(engine) as session, writing(session):
        service.lock(session)
        number = queries.head_number(session) + 1
        chapter = story()[0]
        versions = tuple(replace(row, number=number) for row in chapter.record.versions)
        record = replace(chapter.record, number=number, versions=versions)
        contents = {
            (site, policy, number): content
            for (site, policy, _), content in chapter.contents.items()
        }
        again = replace(chapter, record=record, contents=contents)
        append(session, again, signer=signer)
    return number


def test_publishers_at_the_same_time_take_their_turns(
    session: Session, engine: Engine, signer: Signer
) -> None:
    releases = 8

    with ThreadPoolExecutor(4) as pool:
        turns = [
            pool.submit(retrying, partial(publish_next, engine, signer)) for _ in range(releases)
        ]
        numbers = sorted(turn.result() for turn in turns)

    assert numbers == list(range(1, releases + 1))
    assert verify(DatabaseHistory(session)) is None


def test_who_waits_too_long_for_another_release_is_told_why(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine.dialect.name == "sqlite":
        return
    monkeypatch.setattr(service, "WAITING_TIMEOUT", "50ms")

    with Session(engine) as first, Session(engine) as second, writing(first):
        service.lock(first)
        with pytest.raises(PublishConflict, match="is being made"), writing(second):
            service.lock(second)


def test_waiting_longer_for_a_release_lasts_no_longer_than_that(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        return
    with writing(session):
        service.lock(session)
        found = [session.scalar(text(f"SHOW {name}_timeout")) for name in ("lock", "statement")]

    assert found == ["2s", "5s"]


def test_a_release_of_many_sites_may_take_its_time(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("policy_api.db.engine.TRANSACTION_TIMEOUT_MS", 300)
    engine = make_engine(database_url)

    with Session(engine) as session, writing(session):
        service.lock(session)
        time.sleep(0.6)
        assert queries.head_number(session) == 0

    engine.dispose()


def test_a_release_is_invisible_until_it_is_complete(
    session: Session, engine: Engine, signer: Signer
) -> None:
    with Session(engine) as reader:
        with writing(session):
            append(session, story()[0], signer=signer)
            seen = queries.head_number(reader), queries.standing(reader, since=START)
        reader.rollback()

        assert seen == (0, ())
        assert queries.head_number(reader) == 1
