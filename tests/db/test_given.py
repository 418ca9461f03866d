"""Rows handed over as one text arrive as they were."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Boolean, Text, select
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from policy_api.db.base import WHOLE_NUMBER
from policy_api.db.given import given, rows_given
from policy_api.db.types import UTCDateTime

KINDS: dict[str, TypeEngine[Any]] = {
    "number": WHOLE_NUMBER,
    "text": Text(),
    "instant": UTCDateTime(),
    "is_so": Boolean(),
}


def test_values_come_back_as_they_were(session: Session) -> None:
    rows: list[dict[str, object]] = [
        {
            "number": 2**53 - 1,
            "text": 'ü "quoted" \\ \U0001f600',
            "instant": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
            "is_so": True,
        },
        {"number": 0, "text": "", "instant": None, "is_so": False},
        {"number": None, "text": None, "instant": None, "is_so": None},
    ]
    found = given(KINDS, dialect=session.get_bind().dialect.name)

    assert [
        dict(row) for row in session.execute(select(found), rows_given(rows)).mappings()
    ] == rows


def test_an_instant_is_stored_in_utc_and_in_full(session: Session) -> None:
    zone = timezone(timedelta(hours=5, minutes=45))
    instant = datetime(2026, 1, 2, 3, 4, 5, tzinfo=zone)
    found = given(KINDS, dialect=session.get_bind().dialect.name)
    row = {"number": 1, "text": "", "instant": instant, "is_so": True}

    assert session.scalar(select(found.c.instant), rows_given([row])) == instant


def test_no_rows_are_no_rows(session: Session) -> None:
    found = given(KINDS, dialect=session.get_bind().dialect.name)

    assert session.execute(select(found), rows_given([])).all() == []


def test_what_has_no_place_in_json_is_refused() -> None:
    with pytest.raises(TypeError):
        rows_given([{"number": object()}])
