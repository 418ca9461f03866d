"""Steps that migrations share, so that both databases get the same rules."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import op

STRICT_SINCE = (3, 37)

_REFUSE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = '23000';
END
$$
"""


def table_options() -> dict[str, Any]:
    """Return options of ``create_table``: on SQLite, types that are enforced as PostgreSQL does."""
    dialect = op.get_bind().dialect
    if dialect.name != "sqlite":
        return {}
    return {"sqlite_strict": (dialect.server_version_info or ()) >= STRICT_SINCE}


def is_json(column: str) -> sa.CheckConstraint:
    """Return a constraint that a text column holds JSON, or nothing."""
    if op.get_bind().dialect.name == "sqlite":
        rule = f"json_valid({column})"
    else:
        # The cast refuses what is no JSON; the comparison only makes a condition of it.
        rule = f"({column})::json IS NOT NULL OR {column} IS NULL"
    return sa.CheckConstraint(rule, name=f"{column}_is_json")


def make_append_only(*tables: str) -> None:
    """Refuse UPDATE and DELETE (and TRUNCATE) on tables, whoever asks."""
    if op.get_bind().dialect.name == "sqlite":
        for table in tables:
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_refuse_{act.lower()} BEFORE {act} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END"
                )
        return
    op.execute(_REFUSE)
    for table in tables:
        for scope, acts in (("ROW", "UPDATE OR DELETE"), ("STATEMENT", "TRUNCATE")):
            op.execute(
                f"CREATE TRIGGER {table}_refuse_{acts.split()[0].lower()} BEFORE {acts} "
                f"ON {table} FOR EACH {scope} EXECUTE FUNCTION refuse_change()"
            )


@contextmanager
def changing(table: str) -> Iterator[None]:
    """Let a migration change the rows of an append-only table, and nobody afterwards."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for trigger in ("refuse_update", "refuse_delete" if is_sqlite else "refuse_truncate"):
        on = "" if is_sqlite else f" ON {table}"
        op.execute(f"DROP TRIGGER {table}_{trigger}{on}")
    yield
    make_append_only(table)
