"""The throw-away server of the tests does what the tests rely on."""

from __future__ import annotations

import socket
from typing import LiteralString

import psycopg
import pytest

from tests import postgres

pytestmark = pytest.mark.postgresql


def query(url: str, statement: LiteralString) -> object:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        found = connection.execute(statement)
        row = found.fetchone() if found.description else None
    return row[0] if row else None


def test_the_server_sorts_by_code_point_and_speaks_utf_8() -> None:
    url = postgres.postgres_url()

    assert query(url, "SHOW server_encoding") == "UTF8"
    assert query(url, "SELECT 'Z' < 'a'") is True


def test_a_copy_has_what_its_template_has_and_a_life_of_its_own() -> None:
    def build(url: str) -> None:
        query(url, "CREATE TABLE fruit AS SELECT 'apple' AS name")

    template = postgres.template_database("fruit", build)
    first, second = postgres.new_database(template), postgres.new_database(template)
    query(first, "DELETE FROM fruit")

    assert query(first, "SELECT count(*) FROM fruit") == 0
    assert query(second, "SELECT count(*) FROM fruit") == 1

    postgres.drop_database(first)
    postgres.drop_database(second)


def test_a_test_cannot_reach_the_world() -> None:
    with socket.socket() as outside, pytest.raises(OSError, match="stay on this machine"):
        outside.connect(("192.0.2.1", 80))
