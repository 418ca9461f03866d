"""What goes into a column comes out as it was, or does not get in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Engine, MetaData, Table, Text, insert, literal, select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from policy_api.db.guard import WRITE_OPTIONS
from policy_api.db.types import CanonicalJson, Digest, UTCDateTime
from policy_api.errors import BadInput

INSTANTS = st.datetimes(
    min_value=datetime(1, 1, 2),  # noqa: DTZ001 -- hypothesis wants naive bounds
    max_value=datetime(9999, 12, 30),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))]),
)


def through(session: Session, type_: Any, value: Any) -> Any:  # noqa: ANN401
    """Send a value through the database and back."""
    return session.scalar(select(literal(value, type_)))


@given(instant=INSTANTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_instant_comes_back_in_utc(session: Session, instant: datetime) -> None:
    found = through(session, UTCDateTime(), instant)

    assert found == instant
    assert found.tzinfo is UTC


@given(earlier=INSTANTS, later=INSTANTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_instants_are_ordered_by_time(session: Session, earlier: datetime, later: datetime) -> None:
    before = literal(earlier, UTCDateTime()) < literal(later, UTCDateTime())

    assert bool(session.scalar(select(before))) == (earlier < later)


def test_an_instant_without_a_zone_does_not_get_in(session: Session) -> None:
    with pytest.raises(StatementError, match="no time zone"):
        through(session, UTCDateTime(), datetime(2026, 1, 1))  # noqa: DTZ001 -- the point


def test_nothing_comes_back_as_nothing(session: Session) -> None:
    assert through(session, UTCDateTime(), None) is None
    assert through(session, CanonicalJson(), None) is None
    assert through(session, Digest(), None) is None


@pytest.mark.parametrize("value", [{}, [], "", 0, False, {"b": [None, "ü\x00"], "a": 1}])
def test_json_comes_back_as_it_was(session: Session, value: object) -> None:
    assert through(session, CanonicalJson(), value) == value


def test_json_is_stored_in_its_canonical_text(engine: Engine) -> None:
    table = Table("note", MetaData(), Column("body", CanonicalJson()))
    with engine.connect().execution_options(**WRITE_OPTIONS) as connection:
        table.create(connection)
        connection.execute(insert(table).values(body={"b": 1, "a": "ü"}))

        stored = connection.scalar(select(table.c.body.cast(Text())))

    assert stored == '{"a":"ü","b":1}'


def test_json_with_fractions_does_not_get_in(session: Session) -> None:
    with pytest.raises((StatementError, BadInput)):
        through(session, CanonicalJson(), {"price": 1.5})


@pytest.mark.parametrize("value", ["", "sha256:", "sha256:" + "A" * 64, "md5:" + "0" * 64])
def test_what_is_no_digest_does_not_get_in(session: Session, value: str) -> None:
    with pytest.raises(StatementError, match="no SHA-256 digest"):
        through(session, Digest(), value)
