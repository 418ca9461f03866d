"""A write belongs in a write transaction; a stray one is refused before it reaches the database."""

from __future__ import annotations

import re

from sqlalchemy import Connection

WRITE_OPTION = "tx"
WRITE = "write"
WRITE_OPTIONS = {WRITE_OPTION: WRITE}
"""Execution options of a connection whose transaction may write."""

_WRITES = re.compile(
    r"""\s*(?:INSERT|UPDATE|DELETE|REPLACE|MERGE|TRUNCATE|COPY|CREATE|ALTER|DROP)\b
    |\s*WITH\b.*\b(?:INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM)\b""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


def is_writing(connection: Connection) -> bool:
    """Tell whether a connection's transaction was begun to write."""
    return bool(connection.get_execution_options().get(WRITE_OPTION) == WRITE)


def refuse_stray_write(
    connection: Connection, _cursor: object, statement: str, *_event: object
) -> None:
    """Stop a statement that writes outside of ``writing()``.

    On SQLite it could deadlock with another writer; on both it would be lost or commit by chance.
    """
    if _WRITES.match(statement) and not is_writing(connection):
        first = statement.split(None, 3)[:3]
        raise RuntimeError(f"{' '.join(first)} … outside of a write transaction; use writing().")
