"""A publisher that dies leaves all of a release or nothing; of several rivals one wins.

``POLICY_API_TEST_KILLS`` and ``POLICY_API_TEST_RACES`` set the number of trials; the short form
runs with every test run, ``./dev faults`` runs the long one.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy.orm import Session

from policy_api.db.tx import writing
from policy_api.domain.planning.release import Announcement
from policy_api.domain.proof.signing import Signer
from policy_api.publishing.service import Publisher, publish
from tests.domain.sources import source
from tests.faults.publishing_processes import NOW

KILLS = int(os.environ.get("POLICY_API_TEST_KILLS", "8"))
RACES = int(os.environ.get("POLICY_API_TEST_RACES", "3"))
RIVALS = 8
STATEMENTS = 60
"""More than one release of the small source needs, so the last trials end well."""


@pytest.fixture
def key(session: Session, tmp_path: Path) -> Path:
    """Publish a first release and return the key that signed it."""
    file = tmp_path / "key.pem"
    publisher = Publisher(actor="A. Publisher", signer=Signer.load_or_create(file))
    with writing(session):
        publish(
            session,
            source=source(),
            base=0,
            announcement=Announcement(),
            publisher=publisher,
            now=NOW,
        )
    return file


def trials(*arguments: object) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.faults.publishing_processes", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return [orjson.loads(line) for line in done.stdout.splitlines()]


def test_a_killed_publisher_leaves_all_or_nothing(database_url: str, key: Path) -> None:
    numbers = [1 + number * STATEMENTS // KILLS for number in range(KILLS)]

    found = trials("kill", database_url, key, *numbers)

    assert any(trial["killed"] for trial in found)
    assert not all(trial["killed"] for trial in found)
    for trial in found:
        made = trial["releases"] - trial["before"]
        assert made == (0 if trial["killed"] else 1)
        assert trial["broken"] is None
        assert trial["versions"] == list(range(len(trial["versions"]), 0, -1))
        assert trial["sequences"] == list(range(1, len(trial["sequences"]) + 1))
        assert len(trial["sequences"]) == 2 * trial["releases"]


def test_of_rivals_on_one_release_exactly_one_wins(database_url: str, key: Path) -> None:
    found = trials("race", database_url, key, RACES, RIVALS)

    for trial in found:
        assert trial["outcomes"] == [0, *([3] * (RIVALS - 1))]
        assert trial["releases"] == trial["before"] + 1
        assert trial["broken"] is None
        assert trial["versions"] == list(range(len(trial["versions"]), 0, -1))
