"""What owners do with endpoints, and what the rows remember."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from policy_api.db.tx import writing
from policy_api.errors import BadInput, NotFound
from policy_api.notification import endpoints, fanout, queries, replay
from policy_api.notification.endpoints import Made, Safeguards
from policy_api.notification.filters import Filter
from tests.notification.conftest import Happen, Subscribe, Times, log_of

URL = "https://hooks.example.org/policy"


def activate(session: Session, name: str) -> None:
    """Make an endpoint active without a receiver."""
    with writing(session):
        session.execute(
            text(
                "UPDATE endpoint SET state = 'active', verified_at = created_at, "
                "after_sequence = (SELECT value FROM event_counter) WHERE name = :name"
            ),
            {"name": name},
        )


def hand_out(session: Session, times: Times) -> None:
    with writing(session):
        while fanout.advance(session, now=times()):
            pass


@pytest.fixture
def made(session: Session, subscribe: Subscribe) -> Made:
    found: Made = subscribe(URL, description="Legal team")
    activate(session, found.endpoint.name)
    return found


def test_a_new_endpoint_waits_for_its_proof(subscribe: Subscribe, session: Session) -> None:
    made = subscribe(URL)

    assert made.endpoint.state == "pending_verification"
    assert made.endpoint.target == {"url": URL}
    assert [row.type for row in log_of(session, made.endpoint.name)] == ["endpoint.verify"]


def test_the_secret_is_shown_once_and_stored_sealed(subscribe: Subscribe, session: Session) -> None:
    made = subscribe(URL, signatures=("v1", "v1a"))

    stored = session.execute(text("SELECT sealed FROM endpoint_secret")).scalars().all()
    assert str(made.secret).startswith("whsec_")
    assert str(made.public_key).startswith("whpk_")
    assert len(stored) == 2
    assert str(made.secret) not in repr(made)
    assert not any(str(made.secret).encode()[6:] in bytes(sealed) for sealed in stored)


@pytest.mark.parametrize(
    "wishes",
    [
        {"wanted": Filter(types=("policy.exploded",))},
        {"wanted": Filter(types=())},
        {"wanted": Filter(sites=())},
        {"wanted": Filter(min_significance="huge")},
        {"signatures": ()},
        {"signatures": ("v9",)},
    ],
)
def test_wishes_that_make_no_sense_are_refused(
    subscribe: Subscribe, wishes: dict[str, object]
) -> None:
    with pytest.raises(BadInput):
        subscribe(URL, **wishes)


def test_an_endpoint_that_is_not_there_is_not_found(session: Session, times: Times) -> None:
    with writing(session), pytest.raises(NotFound):
        endpoints.enable(session, name="ep_1", now=times())


def test_handing_out_twice_makes_one_delivery(
    session: Session, made: Made, happen: Happen, times: Times
) -> None:
    happen()
    hand_out(session, times)
    with writing(session):
        session.execute(text("UPDATE fanout_cursor SET sequence = 0, endpoint_id = 0"))
    hand_out(session, times)

    assert [row.id for row in log_of(session, made.endpoint.name)] == ["1.1", "0.1"]


def test_chunks_reach_every_endpoint_once(
    session: Session, subscribe: Subscribe, happen: Happen, times: Times
) -> None:
    names = [subscribe(URL).endpoint.name for _ in range(7)]
    for name in names:
        activate(session, name)
    happen()
    happen()
    with writing(session):
        while fanout.advance(session, now=times(), chunk=3):
            pass

    logs = [[row.id for row in log_of(session, name)] for name in names]
    assert logs == [["2.1", "1.1", "0.1"]] * 7


def test_python_and_sql_agree_on_filters(
    session: Session, subscribe: Subscribe, happen: Happen, times: Times
) -> None:
    filters = [
        Filter(types=types, sites=sites, change_types=kinds, min_significance=significance)
        for types in (None, ("policy.published",), ("policy.effective", "policy.withdrawn"))
        for sites in (None, ("shop",), ("forum", "main"))
        for kinds in (None, ("recipient.added",))
        for significance in (None, "technical", "non_material", "material")
    ]
    names = [subscribe(URL, wanted=wanted).endpoint.name for wanted in filters]
    for name in names:
        activate(session, name)
    told = [
        happen(),
        happen(type="policy.effective", sites=("main",), significance="editorial"),
        happen(sites=("main", "shop"), significance="non_material", change_types=()),
        happen(policy=None, significance=None, sites=()),
    ]
    hand_out(session, times)

    for wanted, name in zip(filters, names, strict=True):
        sent = {row.sequence for row in log_of(session, name)} - {0}
        assert sent == {event.sequence for event in told if wanted.lets_through(event)}


def test_a_narrower_filter_skips_what_waits(
    session: Session, made: Made, happen: Happen, times: Times, safeguards: Safeguards
) -> None:
    happen(sites=("main",))
    happen(sites=("shop",))
    hand_out(session, times)
    name = made.endpoint.name
    with writing(session):
        row = endpoints.change(
            session, name=name, wanted=Filter(sites=("shop",)), safeguards=safeguards, now=times()
        )

    assert row.sites == ("shop",)
    assert [(each.sequence, each.state, each.reason) for each in log_of(session, name)[:2]] == [
        (2, "pending", None),
        (1, "skipped", "filter"),
    ]


def test_a_disabled_endpoint_keeps_what_it_misses(
    session: Session, made: Made, happen: Happen, times: Times
) -> None:
    name = made.endpoint.name
    happen()
    hand_out(session, times)
    with writing(session):
        endpoints.disable(session, name=name, now=times())
    happen()
    hand_out(session, times)
    parked = [(row.state, row.reason) for row in log_of(session, name)[:2]]
    with writing(session):
        row = endpoints.enable(session, name=name, now=times())

    assert parked == [("parked", "disabled")] * 2
    assert row.state == "active"
    assert row.pending == 3
    assert [each.state for each in log_of(session, name)[:2]] == ["pending"] * 2


def test_a_deleted_endpoint_is_gone_with_its_secrets(
    session: Session, made: Made, happen: Happen, times: Times
) -> None:
    name = made.endpoint.name
    happen()
    hand_out(session, times)
    with writing(session):
        endpoints.delete(session, name=name, now=times())
    happen()
    hand_out(session, times)

    with pytest.raises(NotFound):
        queries.endpoint(session, name=name)
    assert queries.endpoints(session) == ()
    assert {row.state for row in log_of(session, name)} == {"skipped"}
    assert session.scalar(text("SELECT count(*) FROM endpoint_secret")) == 0


def test_a_second_rotation_ends_the_first_secret(
    session: Session, made: Made, times: Times, safeguards: Safeguards
) -> None:
    for _ in range(3):
        with writing(session):
            endpoints.rotate(session, name=made.endpoint.name, safeguards=safeguards, now=times())

    expiries = session.execute(
        text("SELECT expires_at IS NULL FROM endpoint_secret ORDER BY number")
    )
    assert [bool(row[0]) for row in expiries] == [False, True]


def test_endpoints_are_listed_page_by_page(session: Session, subscribe: Subscribe) -> None:
    names = [subscribe(URL).endpoint.name for _ in range(3)]

    first = queries.endpoints(session, limit=2)
    rest = queries.endpoints(session, after=first[-1].name, limit=2)

    assert [row.name for row in (*first, *rest)] == names


def test_the_log_is_listed_page_by_page(
    session: Session, made: Made, happen: Happen, times: Times
) -> None:
    name = made.endpoint.name
    happen()
    hand_out(session, times)
    with writing(session):
        session.execute(text("UPDATE delivery SET state = 'delivered'"))
    with writing(session):
        replay.redeliver(session, name=name, delivery="1.1", now=times())

    first = queries.deliveries(session, endpoint=name, limit=2)
    rest = queries.deliveries(session, endpoint=name, before=first[-1].id, limit=2)

    assert [row.id for row in (*first, *rest)] == ["1.2", "1.1", "0.1"]


@pytest.mark.parametrize("name", ["1", "1.9", "0.1", "x", "1.1.1", "-1.1", "١.١", "9" * 40])
def test_a_delivery_that_is_not_there_cannot_be_sent_again(
    session: Session, made: Made, happen: Happen, times: Times, name: str
) -> None:
    happen()
    hand_out(session, times)

    with writing(session), pytest.raises(NotFound):
        replay.redeliver(session, name=made.endpoint.name, delivery=name, now=times())


def test_replaying_twice_in_a_row_sends_once(
    session: Session, made: Made, happen: Happen, times: Times
) -> None:
    happen()
    hand_out(session, times)
    for _ in range(2):
        with writing(session):
            replay.replay(session, name=made.endpoint.name, since_sequence=1, now=times())

    assert [row.id for row in log_of(session, made.endpoint.name)] == ["1.1", "0.1"]


def test_the_oldest_waiting_delivery_is_known(
    session: Session, made: Made, happen: Happen, times: Times
) -> None:
    happen()
    hand_out(session, times)
    times.pass_by(timedelta(hours=1))

    count, oldest = queries.backlog(session)

    assert count == 2
    assert oldest == times() - timedelta(hours=1)
