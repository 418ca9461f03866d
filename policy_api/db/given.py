"""Many rows handed to the database as one text, for one statement instead of one for each.

A driver runs a statement for many rows one by one, and lets other threads in between each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import JSON, FromClause, Text, bindparam, cast, column, func, select, type_coerce
from sqlalchemy.types import TypeEngine

from policy_api.db.types import written

NAME = "given"


def given(columns: Mapping[str, TypeEngine[Any]], *, dialect: str) -> FromClause:
    """Return the rows of :func:`rows_given` as something to select from.

    :param columns: Name and type of each value of a row.
    """
    text = bindparam(NAME, type_=Text())
    if dialect == "postgresql":
        typed = [column(name, kind) for name, kind in columns.items()]
        rows = func.json_to_recordset(cast(text, JSON)).table_valued(*typed)
        return rows.render_derived(name=NAME, with_types=True)
    row = func.json_each(text).table_valued("value", name="row").c.value
    values = [
        type_coerce(func.json_extract(row, f"$.{name}"), kind).label(name)
        for name, kind in columns.items()
    ]
    return select(*values).subquery(NAME)


def rows_given(rows: Iterable[Mapping[str, object]]) -> dict[str, str]:
    """Return the parameter that holds some rows."""
    option = orjson.OPT_PASSTHROUGH_DATETIME
    return {NAME: orjson.dumps(list(rows), default=_plain, option=option).decode()}


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return written(value.astimezone(UTC))
    raise TypeError(f"{type(value).__name__} cannot be handed over.")
