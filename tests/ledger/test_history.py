"""Whatever is changed in the database behind the program's back, verification says where."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Table, TextClause, delete, insert, text, update
from sqlalchemy.orm import Session

from policy_api.db.base import db
from policy_api.db.guard import WRITE_OPTIONS
from policy_api.domain.proof.chain import Checkpoint
from policy_api.domain.proof.folder import FolderHistory
from policy_api.domain.proof.verify import verify
from policy_api.ledger import queries
from policy_api.ledger.bodies import MAX_BYTES, packed
from policy_api.ledger.history import DatabaseHistory, export_history
from policy_api.ledger.models import Edition, SourceObject, UnitChange, Version
from tests.proof.story import START, entries, source_digest

DIGEST = "sha256:" + "0" * 64
FIRST_SOURCE = source_digest(entries("One."))
TABLES = (
    "directory",
    "edition",
    "public_key",
    "release",
    "source_object",
    "unit_change",
    "version",
    "withdrawal",
)
V2 = "releases/2/versions/forum/privacy/2"
V3 = "releases/3/versions/forum/privacy/3"
LATER = START + timedelta(weeks=1, seconds=1)

TAMPERINGS: dict[tuple[str, str], tuple[Any, str]] = {
    ("release", "number"): (5, "releases/3"),
    ("release", "kind"): ("correction", "releases/2/kind"),
    ("release", "significance"): ("editorial", "releases/2/significance"),
    ("release", "title"): ({}, "releases/2/title/en"),
    ("release", "summary"): ({"en": ""}, "releases/2/summary/en"),
    ("release", "published_at"): (LATER, "releases/2/published_at"),
    ("release", "effective_at"): (LATER, "releases/2/effective_at"),
    ("release", "source_digest"): (FIRST_SOURCE, "releases/2/source"),
    ("release", "states"): ([], "releases/2/states"),
    ("release", "waivers"): ([], "releases/2/waivers/notice"),
    ("release", "withdraws"): (1, "releases/2/withdraws"),
    ("release", "actor"): ("kim", "releases/2/actor_digest"),
    ("release", "nonce"): ("0", "releases/2/actor_digest"),
    ("release", "manifest"): (b"{}", "releases/2/manifest"),
    ("release", "manifest_digest"): (DIGEST, "releases/2/manifest_digest"),
    ("release", "chain_head"): (DIGEST, "releases/2/chain_head"),
    ("release", "signature"): ("AAAA", "releases/2/signature"),
    ("release", "key_id"): ("0" * 16, "releases/2/key_id"),
    ("version", "id"): (99, f"{V2}/editions/de"),
    ("version", "site"): ("shop", V2),
    ("version", "policy"): ("cookies", V2),
    ("version", "number"): (7, V2),
    ("version", "material_number"): (1, f"{V2}/material_number"),
    ("version", "release"): (1, "releases/1/versions/forum/privacy/2"),
    ("version", "kind"): ("correction", f"{V2}/kind"),
    ("version", "significance"): ("technical", f"{V2}/significance"),
    ("version", "title"): ({"en": "x"}, f"{V2}/title/en"),
    ("version", "summary"): ({"en": "We say it better."}, f"{V2}/summary/de"),
    ("version", "published_at"): (LATER, f"{V2}/published_at"),
    ("version", "effective_at"): (LATER, f"{V2}/effective_at"),
    ("version", "previous"): (None, f"{V2}/previous"),
    ("version", "origin_release"): (1, f"{V2}/origin_release"),
    ("version", "changes"): ([], f"{V2}/changes"),
    ("edition", "version_id"): (99, f"{V3}/editions/de"),
    ("edition", "locale"): ("fr", f"{V3}/editions/de"),
    ("edition", "digest"): (DIGEST, f"{V3}/editions/de"),
    ("edition", "body"): (packed(b"{}"), f"{V3}/editions/de/body"),
    ("edition", "body_digest"): (DIGEST, f"{V3}/editions/de/body_digest"),
    ("source_object", "digest"): (DIGEST, f"releases/1/source/{FIRST_SOURCE}"),
    ("source_object", "body"): (packed(b"{}"), f"source/{FIRST_SOURCE}/body_digest"),
    ("source_object", "body_digest"): (DIGEST, f"source/{FIRST_SOURCE}/body_digest"),
    ("public_key", "key_id"): ("0" * 16, "keys/0000000000000000"),
    ("public_key", "raw"): (b"0" * 32, "keys/"),
    ("withdrawal", "version_id"): (1, "releases/4/withdrawn/0/version"),
    ("withdrawal", "release"): (3, "releases/3/withdrawn"),
    ("directory", "release"): (1, "releases/1/directory"),
    ("directory", "effective_at"): (LATER, "releases/2/directory/0/effective_at"),
    ("directory", "body"): ({"sites": {}}, "releases/2/directory/0/digest"),
    ("unit_change", "release"): (3, "releases/2/unit_changes"),
    ("unit_change", "policy"): ("cookies", "releases/2/unit_changes"),
    ("unit_change", "unit"): ("title", "releases/2/unit_changes"),
    ("unit_change", "from_hash"): (DIGEST, "releases/2/unit_changes"),
    ("unit_change", "to_hash"): (DIGEST, "releases/2/unit_changes"),
    ("unit_change", "significance"): ("editorial", "releases/2/unit_changes"),
}
"""Column → another value for one row of its table, and where verification must find it."""


SECOND = "(SELECT id FROM version WHERE site = 'forum' AND number = 2)"
THIRD = "(SELECT id FROM version WHERE site = 'forum' AND number = 3)"
CHOSEN = {
    "directory": "release = 2 AND effective_at < '2026-01-31'",
    "edition": f"version_id = {THIRD} AND locale = 'de'",
    "public_key": "1 = 1",
    "release": "number = 2",
    "source_object": f"digest = '{FIRST_SOURCE}'",
    "unit_change": "1 = 1",
    "version": "site = 'forum' AND number = 2",
    "withdrawal": f"version_id = {SECOND}",
}
"""The one row of each table that is tampered with."""


def chosen_row(table: Table) -> TextClause:
    return text(CHOSEN[table.name])


@contextmanager
def behind_the_back(engine: Engine) -> Iterator[Connection]:
    """Write as somebody would who owns the database: no triggers, no foreign keys, no checks."""
    with engine.connect().execution_options(**WRITE_OPTIONS) as connection:
        if engine.dialect.name == "sqlite":
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA foreign_keys=OFF")
            driver.execute("PRAGMA ignore_check_constraints=ON")
            for table in TABLES:
                connection.exec_driver_sql(f"DROP TRIGGER {table}_refuse_update")
                connection.exec_driver_sql(f"DROP TRIGGER {table}_refuse_delete")
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            checks = "ALTER TABLE release DROP CONSTRAINT ck_release_withdrawal_names_release"
            connection.exec_driver_sql(checks)
        yield connection
        connection.commit()


def found_place(session: Session) -> str:
    session.rollback()
    found = verify(DatabaseHistory(session))
    assert found is not None
    return found.place


def test_the_ledger_holds(published: Session) -> None:
    assert verify(DatabaseHistory(published)) is None


def test_every_column_is_tampered_with_here() -> None:
    columns = {(name, column.name) for name in TABLES for column in db.metadata.tables[name].c}

    assert set(TAMPERINGS) == columns


@pytest.mark.parametrize(("table", "column"), TAMPERINGS)
def test_a_changed_column_is_found(
    published: Session, engine: Engine, table: str, column: str
) -> None:
    value, place = TAMPERINGS[table, column]
    target = db.metadata.tables[table]
    change = update(target).where(chosen_row(target)).values({column: value})
    published.rollback()

    with behind_the_back(engine) as connection:
        changed = connection.execute(change).rowcount

    assert changed == 1
    assert found_place(published).startswith(place)


@pytest.mark.parametrize(
    ("table", "place"),
    [
        ("release", "releases/3"),
        ("version", V2),
        ("edition", f"{V3}/editions/de"),
        ("source_object", f"releases/1/source/{FIRST_SOURCE}"),
        ("withdrawal", "releases/4/withdrawn"),
        ("directory", "releases/2/directory"),
        ("unit_change", "releases/2/unit_changes"),
        ("public_key", "releases/1/key_id"),
    ],
)
def test_a_missing_row_is_found(published: Session, engine: Engine, table: str, place: str) -> None:
    target = db.metadata.tables[table]
    published.rollback()

    with behind_the_back(engine) as connection:
        connection.execute(delete(target).where(chosen_row(target)))

    assert found_place(published) == place


@pytest.mark.parametrize("release", [1, 9])
def test_a_version_that_no_release_made_is_found(
    published: Session, engine: Engine, release: int
) -> None:
    values = {
        "site": "forum",
        "policy": "privacy",
        "number": 5,
        "material_number": 1,
        "release": release,
        "kind": "change",
        "significance": "editorial",
        "title": {},
        "summary": {},
        "published_at": START,
        "effective_at": START,
        "origin_release": release,
        "changes": [],
    }
    published.rollback()

    with behind_the_back(engine) as connection:
        connection.execute(insert(Version).values(values))

    expected = {1: "releases/1/versions/forum/privacy/5", 9: "versions/forum/privacy/5"}
    assert found_place(published) == expected[release]


def test_an_edition_of_no_version_is_found(published: Session, engine: Engine) -> None:
    body = packed(b"{}")
    values = {"version_id": 99, "locale": "fr", "digest": DIGEST, "body": body}
    published.rollback()

    with behind_the_back(engine) as connection:
        connection.execute(insert(Edition).values(**values, body_digest=DIGEST))

    assert found_place(published) == "editions/99/fr"


def test_a_unit_change_of_no_release_is_found(published: Session, engine: Engine) -> None:
    published.rollback()

    with behind_the_back(engine) as connection:
        connection.execute(
            insert(UnitChange).values(
                release=9,
                policy="privacy",
                unit="title",
                from_hash=DIGEST,
                to_hash=DIGEST,
                significance="material",
            )
        )

    assert found_place(published) == "unit_changes/9/privacy/title"


@pytest.mark.parametrize("body", [b"", b"no zstandard", packed(b"{}")[:-1]])
def test_an_edition_with_damaged_bytes_is_found(
    published: Session, engine: Engine, body: bytes
) -> None:
    target = db.metadata.tables["edition"]
    change = update(target).where(chosen_row(target)).values(body=body)
    published.rollback()

    with behind_the_back(engine) as connection:
        connection.execute(change)

    assert found_place(published) == "versions/forum/privacy/3/editions/de/body"


def test_a_key_that_is_none_is_found(published: Session, engine: Engine) -> None:
    published.rollback()

    with behind_the_back(engine) as connection:
        connection.execute(update(db.metadata.tables["public_key"]).values(raw=b"short"))

    assert found_place(published).startswith("keys/")


def test_a_body_that_claims_to_be_huge_is_not_unpacked(published: Session, engine: Engine) -> None:
    bomb = packed(bytes(MAX_BYTES + 1))
    target = db.metadata.tables["edition"]
    published.rollback()

    with behind_the_back(engine) as connection:
        connection.execute(update(target).where(chosen_row(target)).values(body=bomb))

    assert found_place(published) == "versions/forum/privacy/3/editions/de/body"


def test_a_source_object_with_damaged_bytes_is_found(published: Session, engine: Engine) -> None:
    published.rollback()

    with behind_the_back(engine) as connection:
        connection.execute(update(SourceObject).values(body=b"worn"))

    assert found_place(published) == f"source/{FIRST_SOURCE}"


@pytest.mark.sqlite_only
def test_a_column_that_holds_no_json_is_found(published: Session, engine: Engine) -> None:
    published.rollback()

    with behind_the_back(engine) as connection:
        connection.exec_driver_sql("UPDATE release SET title = 'none' WHERE number = 2")

    assert found_place(published) == "releases/2"


def test_a_tail_cut_off_is_found_with_a_checkpoint(published: Session, engine: Engine) -> None:
    head = queries.head(published)
    assert head is not None
    target = db.metadata.tables
    published.rollback()

    with behind_the_back(engine) as connection:
        for name, column in (("release", "number"), ("withdrawal", "release")):
            connection.execute(delete(target[name]).where(target[name].c[column] == 4))
        states = target["directory"]
        connection.execute(delete(states).where(states.c.release == 4))

    noted = Checkpoint(chain_head=head.chain_head)
    assert verify(DatabaseHistory(published)) is None
    assert verify(DatabaseHistory(published), checkpoint=noted) is not None


def test_an_export_holds_and_tells_the_same(published: Session, tmp_path: Path) -> None:
    export_history(published, tmp_path / "history")

    exported = FolderHistory(tmp_path / "history")

    assert verify(exported) is None
    assert list(exported.releases()) == list(DatabaseHistory(published).releases())


def test_an_empty_ledger_holds_and_can_be_exported(session: Session, tmp_path: Path) -> None:
    export_history(session, tmp_path / "history")

    assert verify(DatabaseHistory(session)) is None
    assert verify(FolderHistory(tmp_path / "history")) is None
