"""A program that is killed while it starts or migrates starts again without anybody's help.

``POLICY_API_TEST_STARTS`` sets the number of trials.
"""

from __future__ import annotations

import os
import random
import time

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from policy_api import clock
from policy_api.db.engine import make_engine
from policy_api.db.migrate import upgrade
from policy_api.db.readiness import check_ready, damages
from policy_api.settings import Settings
from tests.access.people import ledger, minted
from tests.access.server import serving, start
from tests.faults.test_publishing_faults import trials

STARTS = int(os.environ.get("POLICY_API_TEST_STARTS", "3"))
LONGEST = 3.0
"""Seconds after which a server has started on most machines."""

STATEMENTS = 160
"""About as many as all migrations need."""

__all__ = ["ledger"]


@pytest.fixture
def ada(app: Flask, ledger: None) -> str:
    return minted(app, "*:*", holder="Ada", now=clock.now())[0]


def test_a_server_killed_while_it_starts_starts_again(settings: Settings, ada: str) -> None:
    chosen = random.Random(7)  # noqa: S311 -- the same moments every time
    for _ in range(STARTS):
        server = start(settings, ada)
        time.sleep(chosen.uniform(0, LONGEST))
        server.kill()

    with serving(settings, ada) as server:
        assert server.ask("GET", "/sites").status == 200


def test_a_migration_killed_at_any_statement_is_undone_and_done_again(blank_url: str) -> None:
    numbers = [1 + number * STATEMENTS // STARTS for number in range(STARTS)]

    found = trials("migrate", blank_url, "-", *numbers)
    engine = make_engine(blank_url)
    upgrade(engine)

    assert found[0] == {"killed": True, "revision": None}
    assert all(trial["revision"] is None for trial in found if trial["killed"])
    with Session(engine) as session:
        check_ready(session)
    assert damages(engine, thorough=True) == ()
    engine.dispose()
