"""Run migrations safely on SQLite and PostgreSQL, from a checkout or a wheel."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, Engine, text

import policy_api
from policy_api.db.base import db
from policy_api.db.engine import POSTGRESQL_SCHEMA
from policy_api.db.guard import WRITE_OPTIONS
from policy_api.drafts import models as drafts_models
from policy_api.events import models as events_models
from policy_api.ledger import models as ledger_models
from policy_api.notification import models as notification_models
from policy_api.packing import models as packing_models

ROOMS = (drafts_models, events_models, ledger_models, notification_models, packing_models)
"""Imported so that the metadata holds every table."""

LOCK_TIMEOUT_MS = 4000
ALONE = 7_036_874_417_766
"""Number of the lock that keeps two processes from migrating at once."""


def import_tables() -> None:
    """Import the tables of every room, so that the metadata is complete.

    Rooms without tables are not imported: the test kits need what only developers have.
    """
    for room in pkgutil.iter_modules(policy_api.__path__):
        if Path(policy_api.__path__[0], room.name, "models.py").exists():
            importlib.import_module(f"policy_api.{room.name}.models")


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:  # noqa: ANN401
    """Import our own column types into a new migration, which Alembic forgets to do."""
    if kind == "type" and type(item).__module__ == "policy_api.db.types":
        autogen.imports.add(f"from policy_api.db.types import {type(item).__name__}")
        return f"{type(item).__name__}()"
    return False


def engine() -> Engine:
    """Return the engine of whoever started the migration: our code, or ``flask db``."""
    given = context.config.attributes.get("engine")
    return given if isinstance(given, Engine) else db.engine


def migrate(connection: Connection) -> None:
    """Run what is missing, all in the transaction that is open."""
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_item=render_item,
        # SQLite can undo DDL, as long as nobody else controls its transactions.
        transactional_ddl=True,
        compare_server_default=True,
    )
    context.run_migrations()


def migrate_sqlite(connection: Connection) -> None:
    """Migrate with foreign keys off, and look for broken ones before the commit.

    Rebuilding a table drops the old one; with foreign keys on, that deletes rows elsewhere. The
    switch has no effect inside a transaction.
    """
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        with connection.begin():
            migrate(connection)
            broken = connection.execute(text("PRAGMA foreign_key_check")).all()
            if broken:
                raise RuntimeError(f"The migration would break references: {broken[:5]}")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def migrate_postgresql(connection: Connection) -> None:
    """Migrate without waiting long for locks: behind a waiting migration all readers queue up."""
    with connection.begin():
        unlimited(connection)
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ALONE})
        connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}"))
        exists = text("SELECT to_regnamespace(:name) IS NOT NULL")
        # Creating it only where it is missing spares the right to create schemas.
        if not connection.scalar(exists, {"name": POSTGRESQL_SCHEMA}):
            connection.execute(text(f"CREATE SCHEMA {POSTGRESQL_SCHEMA}"))
        migrate(connection)


def unlimited(connection: Connection) -> None:
    """Lift the limits on time: a migration takes as long as it takes."""
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    if (connection.dialect.server_version_info or ()) >= (17,):
        connection.execute(text("SET LOCAL transaction_timeout = 0"))


if context.is_offline_mode():
    raise SystemExit("Migrations look at the database; they cannot be written out as SQL.")

import_tables()
with engine().connect().execution_options(**WRITE_OPTIONS) as started:
    if started.dialect.name == "sqlite":
        migrate_sqlite(started)
    else:
        migrate_postgresql(started)
