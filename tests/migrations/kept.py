"""Databases as earlier programs filled them, kept as rows that fit every engine.

``python -m tests.migrations.kept`` writes one with the program as it is. Do that when a version is
released, and before a migration that touches tables with rows in them; never write a kept one anew.
"""

from __future__ import annotations

import base64
import hashlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import time_machine
from flask import Flask
from sqlalchemy import Connection, Engine, MetaData, Table, func, select, text

import policy_api
from policy_api.app import create_app
from policy_api.db.engine import make_engine
from policy_api.db.guard import WRITE_OPTIONS
from policy_api.db.migrate import current, upgrade
from policy_api.domain.proof.signing import Signer
from policy_api.settings import Profile, Settings
from tests.access.people import SUMMARY, Person, minted, published
from tests.domain.sources import entries, source

PLACE = Path(__file__).parent / "data"
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
READ_AT = NOW + timedelta(days=5)
TABLE = "policies/privacy/tables/services"

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A filled database, and what readers got from it."""

    revision: str
    tables: Rows
    answers: dict[str, str]
    """Address of something that never changes → digest of its bytes."""

    @classmethod
    def read(cls, file: Path) -> Self:
        return cls(**json.loads(file.read_text(encoding="utf-8")))

    def write(self, file: Path) -> None:
        members = {name: getattr(self, name) for name in self.__dataclass_fields__}
        file.write_text(json.dumps(members, indent=1, sort_keys=True) + "\n", encoding="utf-8")

    def load(self, engine: Engine) -> None:
        """Fill an empty database that is at this revision."""
        with engine.connect().execution_options(**WRITE_OPTIONS) as connection:
            if connection.dialect.name == "postgresql":
                # Reading a file of rows takes long on a machine that is busy.
                connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
                connection.execute(text("SET LOCAL transaction_timeout = 0"))
            for table in tables_of(connection):
                rows = [thawed(row) for row in self.tables.get(table.name, ())]
                connection.execute(table.delete())
                if rows:
                    connection.execute(table.insert(), rows)
                    count_on(connection, table)
            connection.commit()


def tables_of(connection: Connection) -> list[Table]:
    """Return the tables as they are in the database, those that others refer to first."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def count_on(connection: Connection, table: Table) -> None:
    """Let the numbers that PostgreSQL gives continue behind the rows that are there."""
    if connection.dialect.name == "sqlite" or "id" not in table.c:
        return
    sequence = connection.scalar(func.pg_get_serial_sequence(table.name, "id").select())
    if sequence is not None:
        connection.execute(select(func.setval(sequence, func.max(table.c.id))))


def rows_of(engine: Engine) -> Rows:
    """Return every row of a SQLite database as it is stored."""
    with engine.connect() as connection:
        return {
            table.name: [
                {name: frozen(value) for name, value in row.items()}
                for row in connection.execute(select(table)).mappings()
            ]
            for table in tables_of(connection)
        }


def frozen(value: object) -> object:
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    return value


def thawed(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: base64.b64decode(value["base64"]) if isinstance(value, dict) else value
        for name, value in row.items()
    }


def answers_of(app: Flask) -> dict[str, str]:
    """Return the digests of all editions of all versions, which never change."""
    client = app.test_client()
    return {
        address: hashlib.sha256(client.get(address).data).hexdigest() for address in addresses(app)
    }


def addresses(app: Flask) -> Iterator[str]:
    client = app.test_client()
    for site in client.get("/v1/sites").get_json()["items"]:
        place = f"/v1/sites/{site['key']}/policies/privacy/versions"
        for version in client.get(place).get_json()["items"]:
            for locale in site["locales"]:
                yield f"{place}/{version['version']}?locale={locale}"


def live(app: Flask, settings: Settings) -> None:
    """Publish, announce, correct, withdraw, draft, subscribe: leave rows in many tables."""
    with time_machine.travel(NOW, tick=False):
        published(app, settings, source(), now=NOW)
        written, token = minted(app, "*:*", holder="Ada", now=NOW)
    editor = Person(client=app.test_client(), token=written, token_id=token)
    payments = {**entries()[TABLE]["rows"][1], "locations": [{"country": "CA"}]}
    rows = [entries()[TABLE]["rows"][0], payments]
    publish(editor, NOW + timedelta(days=1), TABLE, rows=rows)
    publish(editor, NOW + timedelta(days=2), "contacts/dpo", email="office@example.org")
    publish(editor, NOW + timedelta(days=2), "policies/privacy/sections/welcome", heading="Hello")
    elsewhere = {**payments, "locations": [{"country": "BR"}]}
    publish(editor, NOW + timedelta(days=3), TABLE, rows=[rows[0], elsewhere])
    with time_machine.travel(NOW + timedelta(days=4), tick=False):
        taken_back = editor.post("/releases/5/withdraw", SUMMARY)
        assert taken_back.status_code == 201, taken_back.text
        editor.edit(editor.draft("For later"), phone="+49 40 66969 0")
        hook = editor.post("/webhooks", {"url": "https://hooks.example.org/policies"})
        assert hook.status_code == 201, hook.text
        wish = {"email": "reader@example.org", "site": "shop", "policy": "privacy"}
        assert editor.post("/subscriptions", wish).status_code == 202


def publish(editor: Person, at: datetime, path: str, **fields: object) -> None:
    with time_machine.travel(at, tick=False):
        draft = editor.draft()
        editor.edit(draft, path, **fields)
        answer = editor.post(f"{draft}/publish", SUMMARY)
        assert answer.status_code == 201, answer.text


def keep(file: Path) -> None:
    """Fill a database with the program as it is, and keep it."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/kept.sqlite3"
        engine = make_engine(url)
        upgrade(engine)
        key = Path(folder, "key.pem")
        Signer.create(key)
        settings = Settings(
            profile=Profile.TESTING,
            data_dir=Path(folder),
            database_url=url,
            signing_key_file=key,
        )
        app = create_app(settings)
        live(app, settings)
        with time_machine.travel(READ_AT, tick=False):
            answers = answers_of(app)
        with engine.connect() as connection:
            revision = current(connection)
        Kept(revision=str(revision), tables=rows_of(engine), answers=answers).write(file)
        engine.dispose()


if __name__ == "__main__":
    PLACE.mkdir(exist_ok=True)
    keep(PLACE / f"{policy_api.__version__}.json")
