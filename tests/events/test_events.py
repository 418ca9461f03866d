"""Events come in one order without gaps, and fit into a notification."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from policy_api.db.tx import retrying, writing
from policy_api.events import queries, service
from policy_api.events.rows import EventRow
from policy_api.events.service import MAX_BODY_BYTES, EventRecord, EventTooLarge


def record(now: datetime, **given: Any) -> EventRecord:  # noqa: ANN401
    values: dict[str, Any] = {
        "type": "policy.published",
        "occurred_at": now,
        "data": {"policy": "privacy", "kind": "change", "sites": [{"site": "shop"}]},
        "policy": "privacy",
        "sites": ("shop",),
        "significance": "material",
        "change_types": ("recipient.added",),
        **given,
    }
    return EventRecord(**values)


def append(session: Session, now: datetime, **given: Any) -> EventRow:  # noqa: ANN401
    with writing(session):
        return service.append(session, record(now, **given), now=now)


def test_the_body_is_what_the_contract_shows(session: Session, now: datetime) -> None:
    event = append(session, now)

    assert event.body == (
        b'{"type":"policy.published","timestamp":"2026-03-01T08:00:00Z","sequence":1,'
        b'"data":{"policy":"privacy","kind":"change","sites":[{"site":"shop"}]}}'
    )


def test_an_event_is_stored_as_it_was_returned(session: Session, now: datetime) -> None:
    event = append(session, now)

    assert queries.after(session) == (event,)
    assert queries.event(session, id=event.id) == event
    assert queries.event(session, id="evt_unknown") is None


def test_sequences_count_from_one(session: Session, now: datetime) -> None:
    events = [append(session, now) for _ in range(3)]

    assert [event.sequence for event in events] == [1, 2, 3]
    assert len({event.id for event in events}) == 3
    assert queries.last_sequence(session) == 3


def test_a_transaction_that_fails_leaves_no_gap(session: Session, now: datetime) -> None:
    append(session, now)
    with pytest.raises(ZeroDivisionError), writing(session):
        fail_after_appending(session, now)

    event = append(session, now)

    assert event.sequence == 2


def fail_after_appending(session: Session, now: datetime) -> float:
    service.append(session, record(now), now=now)
    return 1 / 0


def append_in_turn(engine: Engine, now: datetime) -> None:
    with Session(engine) as session, writing(session):
        service.append(session, record(now), now=now)


def test_writers_at_the_same_time_leave_no_gap(
    session: Session, engine: Engine, now: datetime
) -> None:
    with ThreadPoolExecutor(4) as pool:
        turns = [pool.submit(retrying, partial(append_in_turn, engine, now)) for _ in range(20)]
        for turn in turns:
            turn.result()

    found = queries.after(session, limit=100)
    assert [event.sequence for event in found] == list(range(1, 21))


def test_a_reader_that_goes_on_after_a_sequence_misses_nothing(
    session: Session, now: datetime
) -> None:
    events = [append(session, now) for _ in range(5)]

    first_page = queries.after(session, limit=2)
    rest = queries.after(session, sequence=first_page[-1].sequence)

    assert [*first_page, *rest] == events


def test_a_reader_can_start_at_an_instant(session: Session, now: datetime) -> None:
    for hours in (0, 1, 1, 2):
        append(session, now + timedelta(hours=hours))

    assert queries.sequence_before(session, instant=now) == 0
    assert queries.sequence_before(session, instant=now + timedelta(hours=1)) == 1
    assert queries.sequence_before(session, instant=now + timedelta(hours=9)) == 4


def test_what_the_clock_brought_about_is_recorded_when_it_was_seen(
    session: Session, now: datetime
) -> None:
    with writing(session):
        late = service.append(session, record(now), now=now + timedelta(minutes=5))

    assert (late.occurred_at, late.recorded_at) == (now, now + timedelta(minutes=5))
    assert late.content["timestamp"] == "2026-03-01T08:00:00Z"


def many_sites(count: int) -> list[dict[str, Any]]:
    return [{"site": f"site-{index}", "diff": "ü" * 100} for index in range(count)]


def test_an_event_of_many_sites_names_those_it_has_room_for(
    session: Session, now: datetime
) -> None:
    sites = many_sites(500)
    keys = tuple(site["site"] for site in sites)

    event = append(session, now, data={"policy": "privacy", "sites": sites}, sites=keys)

    named = event.content["data"]["sites"]
    assert MAX_BODY_BYTES - 300 < len(event.body) <= MAX_BODY_BYTES
    assert named == sites[: len(named)]
    assert event.content["data"]["sites_total"] == 500
    assert event.sites == keys


def test_an_event_that_fits_tells_no_total(session: Session, now: datetime) -> None:
    event = append(session, now, data={"sites": many_sites(3)})

    assert "sites_total" not in event.content["data"]


@pytest.mark.sqlite_only
def test_the_limit_is_exact(session: Session, now: datetime) -> None:
    empty = len(append(session, now, data={"summary": ""}).body)
    longest = "x" * (MAX_BODY_BYTES - empty)

    event = append(session, now, data={"summary": longest})

    assert len(event.body) == MAX_BODY_BYTES


@pytest.mark.sqlite_only
def test_one_byte_more_does_not_fit(session: Session, now: datetime) -> None:
    bare = len(append(session, now, data={"summary": "", "sites": [], "sites_total": 1}).body)
    summary = "x" * (MAX_BODY_BYTES - bare + 1)

    with pytest.raises(EventTooLarge, match="Shorten the title or the summary") as caught:
        append(session, now, data={"summary": summary, "sites": many_sites(1)})

    assert caught.value.extra == {"excess": 1}


def test_an_announcement_that_does_not_fit_leaves_no_trace(session: Session, now: datetime) -> None:
    with pytest.raises(EventTooLarge):
        append(session, now, data={"summary": "x" * (MAX_BODY_BYTES + 1), "sites": []})

    assert append(session, now).sequence == 1


@pytest.mark.parametrize("act", ["UPDATE event SET type = 'x'", "DELETE FROM event"])
def test_the_database_refuses_to_change_the_log(session: Session, now: datetime, act: str) -> None:
    append(session, now)

    with pytest.raises(DBAPIError, match="never changed"), writing(session):
        session.execute(text(act))
