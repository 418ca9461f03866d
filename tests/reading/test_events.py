"""The public event log."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.reading.conftest import ReaderAt
from tests.reading.places import get_json
from tests.reading.published import WITHDRAWN


def test_events_come_in_order_and_without_gaps(reader_at: ReaderAt) -> None:
    items = get_json(reader_at(WITHDRAWN), "/v1/changes")["items"]

    assert [item["sequence"] for item in items] == list(range(1, len(items) + 1))
    assert items[-1]["type"] == "policy.withdrawn"
    assert all(item["id"].startswith("evt_") for item in items)


def test_a_receiver_repairs_its_gap_page_by_page(reader: FlaskClient) -> None:
    everything = get_json(reader, "/v1/changes")["items"]

    path: str | None = "/v1/changes?after=2&limit=2"
    seen = []
    while path is not None:
        document = get_json(reader, path)
        seen += document["items"]
        path = document["next"]

    assert seen == everything[2:]


@pytest.mark.sqlite_only
def test_the_end_of_the_log_is_asked_for_again_each_time(reader: FlaskClient) -> None:
    end = reader.get("/v1/changes?after=3")
    middle = reader.get("/v1/changes?after=1&limit=1")

    assert end.headers["Cache-Control"] == "public, max-age=0"
    assert middle.headers["Cache-Control"] != end.headers["Cache-Control"]


@pytest.mark.sqlite_only
def test_nothing_has_happened_after_the_end(reader: FlaskClient) -> None:
    assert get_json(reader, "/v1/changes?after=999999999") == {"items": [], "next": None}
