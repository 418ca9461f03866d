"""Bring a database to the revision that this program needs."""

from __future__ import annotations

from functools import cache
from typing import cast

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from policy_api.resources import data_dir


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run the migrations that are missing; none if the database is up to date."""
    config = _config()
    config.attributes["engine"] = engine
    command.upgrade(config, revision)


@cache
def head() -> str:
    """Return the revision this program needs."""
    return cast("str", ScriptDirectory.from_config(_config()).get_current_head())


def current(connection: Connection) -> str | None:
    """Return the revision a database is at, or None if it was never migrated."""
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    # Percent signs start an interpolation in the file format Alembic reads.
    config.set_main_option("script_location", str(data_dir("migrations")).replace("%", "%%"))
    return config
