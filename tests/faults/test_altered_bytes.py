"""Whatever byte of a release is altered behind the program's back, verification says where.

A few bytes of every column here; ``POLICY_API_TEST_BYTES=0`` alters each single one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    LargeBinary,
    TableClause,
    Text,
    cast,
    column,
    inspect,
    literal,
    literal_column,
    select,
    table,
    update,
)
from sqlalchemy.orm import Session

from policy_api.db.base import db
from policy_api.db.guard import WRITE_OPTIONS
from policy_api.db.tx import writing
from policy_api.domain.content.source import Source
from policy_api.domain.planning.release import Announcement
from policy_api.domain.proof.signing import Signer
from policy_api.domain.proof.verify import Break
from policy_api.ledger import queries
from policy_api.publishing.service import Publisher, publish
from policy_api.publishing.verifying import verify_database
from policy_api.publishing.withdrawing import withdraw
from tests.domain.sources import edited, entries, source

PER_COLUMN = int(os.environ.get("POLICY_API_TEST_BYTES", "3"))
SERVICES, WELCOME = "policies/privacy/tables/services", "policies/privacy/sections/welcome"

PLACES = {
    "directory": ("releases/",),
    "edition": ("releases/", "versions/"),
    "event": ("events/",),
    "public_key": ("keys/",),
    "release": ("releases/",),
    "source_object": ("releases/", "source/"),
    "unit_change": ("releases/",),
    "version": ("releases/", "versions/"),
    "withdrawal": ("releases/",),
}
"""Table of what a release consists of → how the place of a break in it begins."""


@pytest.fixture
def published(session: Session, tmp_path: Path, now: datetime) -> Session:
    """Publish, edit, announce and withdraw, so that every table has rows."""
    publisher = Publisher(actor="A. Publisher", signer=Signer.create(tmp_path / "key.pem"))
    told = Announcement(title={"en": "News"}, summary={"en": "We say it better."})

    def release(days: int, wanted: Source) -> None:
        with writing(session):
            publish(
                session,
                source=wanted,
                base=queries.head_number(session),
                announcement=told,
                publisher=publisher,
                now=now + timedelta(days=days),
            )

    hosting, payments = entries()[SERVICES]["rows"]
    heading = edited(WELCOME, heading="Hello")
    release(0, source())
    release(1, source(heading))
    moved = edited(SERVICES, rows=[hosting, payments | {"locations": [{"country": "CA"}]}])
    release(2, source(heading | moved))
    with writing(session):
        later = now + timedelta(days=3)
        withdraw(session, release=3, title={}, summary={}, publisher=publisher, now=later)
    return session


@pytest.fixture
def attacker(published: Session, engine: Engine) -> Iterator[Connection]:
    """Yield a connection of somebody who owns the database and has switched its rules off."""
    published.rollback()
    with engine.connect().execution_options(**WRITE_OPTIONS) as connection:
        if engine.dialect.name == "sqlite":
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA ignore_check_constraints=ON")
            driver.execute("PRAGMA foreign_keys=OFF")
            for name in PLACES:
                connection.exec_driver_sql(f"DROP TRIGGER {name}_refuse_update")
        else:
            connection.exec_driver_sql("SET LOCAL transaction_timeout = 0")
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            for name in PLACES:
                for check in inspect(connection).get_check_constraints(name):
                    drop = f'ALTER TABLE {name} DROP CONSTRAINT "{check["name"]}"'
                    connection.exec_driver_sql(drop)
        yield connection
        connection.rollback()


def test_a_whole_database_holds(published: Session) -> None:
    assert verify_database(published) is None


@pytest.mark.parametrize("name", PLACES)
def test_an_altered_byte_is_found(attacker: Connection, name: str) -> None:
    row = Row(attacker, name)

    assert [trial for column in row.columns for trial in row.missed(column)] == []


class Row:
    """One row in the middle of a table, as it is stored: without what our types make of it."""

    def __init__(self, attacker: Connection, name: str) -> None:
        self.attacker = attacker
        self.places = PLACES[name]
        self.columns = tuple(db.metadata.tables[name].c.keys())
        self.table = table(name, *map(column, self.columns))
        self.is_sqlite = attacker.dialect.name == "sqlite"
        self.here = self._condition(self.table)

    def missed(self, name: str) -> Iterator[tuple[str, object, Break | None]]:
        """Alter a column in one place after another and yield what verification says wrongly."""
        for value in self._altered(name):
            with self.attacker.begin_nested() as attempt:
                change = update(self.table).where(self.here).values({name: value})
                assert self.attacker.execute(change).rowcount == 1
                with Session(self.attacker, join_transaction_mode="create_savepoint") as reader:
                    found = verify_database(reader)
                attempt.rollback()
            if found is None or not found.place.startswith(self.places):
                yield name, value, found

    def _condition(self, of: TableClause) -> ColumnElement[bool]:
        place: ColumnElement[Any] = literal_column("rowid" if self.is_sqlite else "ctid")
        rows = self.attacker.scalars(select(cast(place, Text)).select_from(of)).all()
        found = rows[len(rows) // 2]
        return cast(place, Text) == found

    def _read(self, what: ColumnElement[Any]) -> Any:  # noqa: ANN401 -- anything may be stored
        return self.attacker.scalar(select(what).where(self.here))

    def _altered(self, name: str) -> Iterator[object]:
        stored = self.table.c[name]
        value = self._read(stored)
        if isinstance(value, str) and self.is_sqlite:
            for raw in flipped(self._read(cast(stored, LargeBinary))):
                yield cast(literal(raw, LargeBinary), Text)
        elif isinstance(value, str):
            # PostgreSQL takes no text that is no UTF-8.
            for raw in flipped(value.encode("utf-32-le"), step=4):
                yield raw.decode("utf-32-le")
        elif isinstance(value, bytes | memoryview):
            yield from map(bytes, flipped(bytes(value)))
        elif isinstance(value, datetime):
            yield value + timedelta(microseconds=1)
        elif isinstance(value, int):
            yield value + 1000


def flipped(raw: bytes, *, step: int = 1) -> Iterator[bytes]:
    """Yield copies with one bit turned: some places, each with another bit, or each bit of all."""
    units = len(raw) // step
    bits = 8 if step == 1 else 5
    every = [(place, bit) for place in range(units) for bit in range(bits)]
    some = [
        (place * (units - 1) // max(PER_COLUMN - 1, 1), place % bits) for place in range(PER_COLUMN)
    ]
    for place, bit in dict.fromkeys(some if PER_COLUMN and units else every):
        copy = bytearray(raw)
        copy[place * step] ^= 1 << bit
        yield bytes(copy)
