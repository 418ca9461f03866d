"""What a banner tells a reader who has been here before."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.reading.conftest import ReaderAt
from tests.reading.places import SHOP, get_json
from tests.reading.published import EFFECTIVE, WITHDRAWN, WITHDRAWN_ANNOUNCED


def test_a_reader_learns_what_came_into_force_since(reader: FlaskClient) -> None:
    status = get_json(reader, f"{SHOP}/status?seen=1")

    assert (status["seen"], status["current"]) == (1, 4)
    assert (status["changed"], status["material"]) == (True, False)
    assert [entry["version"] for entry in status["entries"]] == [4, 2]
    assert status["upcoming"]["version"] == 5


def test_a_material_change_is_told_once_it_is_in_force(reader_at: ReaderAt) -> None:
    status = get_json(reader_at(EFFECTIVE), f"{SHOP}/status?seen=4")

    assert (status["changed"], status["material"], status["upcoming"]) == (True, True, None)


def test_an_announcement_that_was_replaced_never_counted(reader_at: ReaderAt) -> None:
    status = get_json(reader_at(EFFECTIVE), f"{SHOP}/status?seen=2")

    assert [entry["version"] for entry in status["entries"]] == [5, 4]


def test_a_withdrawn_version_is_neither_current_nor_coming(reader_at: ReaderAt) -> None:
    announced = get_json(reader_at(WITHDRAWN_ANNOUNCED), f"{SHOP}/status?seen=5")
    withdrawn = get_json(reader_at(WITHDRAWN), f"{SHOP}/status?seen=5")

    assert announced["upcoming"]["version"] == 6
    assert (withdrawn["upcoming"], withdrawn["changed"]) == (None, False)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("query", ["", "?seen=4", "?seen=5", "?seen=999999999"])
def test_a_reader_who_is_up_to_date_is_left_alone(reader: FlaskClient, query: str) -> None:
    status = get_json(reader, f"{SHOP}/status{query}")

    assert (status["changed"], status["material"], status["entries"]) == (False, False, [])


@pytest.mark.sqlite_only
def test_somebody_who_has_seen_nothing_has_missed_everything(reader: FlaskClient) -> None:
    status = get_json(reader, f"{SHOP}/status?seen=0")

    assert [entry["version"] for entry in status["entries"]] == [4, 2, 1]
    assert status["material"] is True
