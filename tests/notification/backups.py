"""A copy of a database as a backup holds it, put back in another place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine

from policy_api.db.engine import make_engine
from tests import postgres


@contextmanager
def restored(engine: Engine, folder: Path) -> Iterator[Engine]:
    """Back a database up, and yield the copy as one that was restored."""
    if engine.dialect.name == "sqlite":
        url = f"sqlite:///{folder}/restored.sqlite3"
        raw = engine.raw_connection()
        # Past the engine, which would begin a transaction.
        raw.cursor().execute("VACUUM INTO ?", (f"{folder}/restored.sqlite3",))
        raw.close()
    else:
        # PostgreSQL copies a database that nobody is connected to.
        engine.dispose()
        name = urlsplit(engine.url.render_as_string()).path.lstrip("/")
        url = postgres.new_database(name)
    made = make_engine(url)
    try:
        yield made
    finally:
        made.dispose()
        if made.dialect.name == "postgresql":
            postgres.drop_database(url)
