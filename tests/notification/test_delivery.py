"""From an event to a receiver, through a real worker and a real connection."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from standardwebhooks import Webhook

from policy_api import clock
from policy_api.db.tx import writing
from policy_api.notification import endpoints, fanout, queries, replay
from policy_api.notification.endpoints import NotVerified, Safeguards
from policy_api.notification.filters import Filter
from policy_api.testing.receivers import OK, Receiver, Request, polite, raw, status
from tests.notification.conftest import (
    Happen,
    Subscribe,
    Times,
    Work,
    eventually,
    hasty,
    log_of,
    state_of,
    verified,
)


def test_an_event_reaches_a_receiver_that_proved_itself(
    session: Session, happen: Happen, subscribe: Subscribe, work: Work
) -> None:
    with Receiver(polite) as receiver, work():
        name = verified(session, subscribe, receiver.url)
        event = happen()
        (request,) = receiver.wait_for(1)
        eventually(lambda: log_of(session, name)[0].state == "delivered")

    assert request.body == event.body
    assert request.id == event.id
    assert request.headers["content-type"] == "application/json"
    (attempt,) = queries.attempts(session, endpoint=name, id="1.1")
    assert (attempt.verdict, attempt.status) == ("delivered", 200)


def test_the_receiver_can_check_the_signature_with_a_package_of_its_own(
    session: Session, happen: Happen, subscribe: Subscribe, work: Work, times: Times
) -> None:
    times.instant = clock.now()
    with Receiver(polite) as receiver, work():
        made = subscribe(receiver.url)
        eventually(lambda: state_of(session, made.endpoint.name) == "active")
        event = happen()
        (request,) = receiver.wait_for(1)

    checked = Webhook(str(made.secret)).verify(request.body, dict(request.headers))
    assert checked == event.content


def test_who_does_not_repeat_the_challenge_hears_nothing(
    session: Session, happen: Happen, subscribe: Subscribe, work: Work
) -> None:
    with Receiver(raw(OK)) as receiver, work():
        name = subscribe(receiver.url).endpoint.name
        happen()
        eventually(lambda: log_of(session, name) and log_of(session, name)[0].attempts == 1)

    assert state_of(session, name) == "pending_verification"
    (attempt,) = queries.attempts(session, endpoint=name, id="0.1")
    assert attempt.detail == "The answer does not repeat the challenge."
    assert receiver.events == []


def test_what_happened_before_the_proof_is_not_sent(
    session: Session, happen: Happen, subscribe: Subscribe, work: Work
) -> None:
    happen()
    with Receiver(polite) as receiver, work():
        verified(session, subscribe, receiver.url)
        happen()
        receiver.wait_for(1)

    assert [request.sequence for request in receiver.events] == [2]


def test_events_arrive_in_order_and_over_one_connection(
    session: Session, happen: Happen, subscribe: Subscribe, work: Work, times: Times
) -> None:
    with Receiver(polite) as receiver:
        with work():
            verified(session, subscribe, receiver.url)
        before = receiver.connections
        for _ in range(25):
            happen()
            with writing(session):
                fanout.advance(session, now=times())
        with work(hasty(per_lease=30)):
            receiver.wait_for(25)

    assert [request.sequence for request in receiver.events] == list(range(1, 26))
    assert receiver.connections == before + 1


def test_a_filter_keeps_out_what_nobody_asked_for(
    session: Session, happen: Happen, subscribe: Subscribe, work: Work
) -> None:
    wanted = Filter(
        types=("policy.published",),
        sites=("shop", "forum"),
        policies=("privacy",),
        change_types=("recipient.added",),
        min_significance="non_material",
    )
    with Receiver(polite) as receiver, work():
        verified(session, subscribe, receiver.url, wanted=wanted)
        happen(type="policy.effective")
        happen(sites=("main",))
        happen(policy="cookies")
        happen(change_types=("license.changed",))
        happen(significance="editorial")
        happen(sites=("main", "forum"), significance="non_material")
        (request,) = receiver.wait_for(1)

    assert request.sequence == 6


def test_a_refused_message_is_tried_again_and_holds_nobody_back(
    session: Session, happen: Happen, subscribe: Subscribe, work: Work, times: Times
) -> None:
    async def picky(request: Request, writer: asyncio.StreamWriter) -> None:
        is_first = len([each for each in receiver.events if each.sequence == 1]) == 1
        await (status(500) if request.sequence == 1 and is_first else polite)(request, writer)

    with Receiver(picky) as receiver, work():
        name = verified(session, subscribe, receiver.url)
        happen()
        happen()
        receiver.wait_for(2)
        times.pass_by(timedelta(seconds=7))
        requests = receiver.wait_for(3)
        eventually(lambda: all(row.state == "delivered" for row in log_of(session, name)))

    assert [request.sequence for request in requests] == [1, 2, 1]
    assert requests[0].id == requests[2].id
    assert requests[0].headers["webhook-timestamp"] != requests[2].headers["webhook-timestamp"]


def test_a_receiver_that_asks_for_rest_gets_it(
    session: Session, happen: Happen, subscribe: Subscribe, work: Work, times: Times
) -> None:
    with Receiver(polite) as receiver, work():
        name = verified(session, subscribe, receiver.url)
        receiver.behaviour = status(503, retry_after="3600")
        happen()
        happen()
        eventually(lambda: state_of(session, name) == "suspect")
        times.pass_by(timedelta(seconds=3599))
        receiver.behaviour = polite
        happen()
        eventually(lambda: len(log_of(session, name)) == 4)
        assert len(receiver.events) == 1
        times.pass_by(timedelta(seconds=2))
        requests = receiver.wait_for(4)

    assert [request.sequence for request in requests] == [1, 1, 2, 3]


def test_gone_parks_everything_until_the_endpoint_proves_itself_again(
    session: Session, happen: Happen, subscribe: Subscribe, work: Work, times: Times
) -> None:
    with Receiver(polite) as receiver, work():
        name = verified(session, subscribe, receiver.url)
        receiver.behaviour = status(410)
        happen()
        happen()
        eventually(lambda: state_of(session, name) == "gone")
        happen()
        eventually(lambda: len(log_of(session, name)) == 4)
        parked = [(row.state, row.reason) for row in log_of(session, name)[:3]]
        receiver.behaviour = polite
        with writing(session):
            endpoints.enable(session, name=name, now=times())
        requests = receiver.wait_for(4)

    assert parked == [("parked", "gone")] * 3
    assert [request.sequence for request in requests] == [1, 1, 2, 3]


def test_thirty_days_away_and_nothing_is_lost(
    session: Session, happen: Happen, subscribe: Subscribe, work: Work, times: Times
) -> None:
    with Receiver(polite) as receiver, work():
        name = verified(session, subscribe, receiver.url)
        receiver.behaviour = status(503)
        for _ in range(30 * 4):
            happen()
            times.pass_by(timedelta(hours=6))
            eventually(lambda: len(log_of(session, name)) and is_settled(session, name, times))
        assert state_of(session, name) == "disabled"
        tried = len(receiver.events)
        receiver.behaviour = polite
        with writing(session):
            endpoints.enable(session, name=name, now=times())
        requests = receiver.wait_for(tried + 120, seconds=30)[tried:]

    assert tried <= 14
    assert [request.sequence for request in requests] == list(range(1, 121))


def is_settled(session: Session, name: str, times: Times) -> bool:
    session.rollback()
    found = queries.endpoint(session, name=name)
    return found.state == "disabled" or (found.held_until or times()) > times()


def test_a_clock_that_jumps_an_hour_to_and_fro_loses_nothing(
    session: Session, happen: Happen, subscribe: Subscribe, work: Work, times: Times
) -> None:
    jumps = [1, -1, -1, 1, 1, -1, -1, -1, 1, 1]
    with Receiver(polite) as receiver, work():
        verified(session, subscribe, receiver.url)
        for jump in jumps:
            happen()
            times.pass_by(timedelta(hours=jump))
            happen()
        # What was handed out by a clock that ran ahead is due when that instant comes.
        times.pass_by(timedelta(hours=len(jumps)))
        # A lease that seems to have run out may send something twice.
        expected = set(range(1, 2 * len(jumps) + 1))
        eventually(lambda: {request.sequence for request in receiver.events} == expected)


def test_a_replay_sends_the_same_ids_again(
    session: Session, happen: Happen, subscribe: Subscribe, work: Work, times: Times
) -> None:
    happen()
    times.pass_by(timedelta(hours=1))
    with Receiver(polite) as receiver, work():
        name = verified(session, subscribe, receiver.url)
        happen()
        happen()
        receiver.wait_for(2)
        eventually(lambda: log_of(session, name)[0].state == "delivered")
        with writing(session):
            since_instant = replay.replay(session, name=name, since=times(), now=times())
            again = replay.replay(session, name=name, since_sequence=2, now=times())
        receiver.wait_for(4)
        eventually(lambda: log_of(session, name)[0].state == "delivered")
        with writing(session):
            everything = replay.replay(session, name=name, since_sequence=1, now=times())
        requests = receiver.wait_for(7)

    assert (since_instant, again, everything) == (2, 2, 3)
    assert [request.sequence for request in requests] == [2, 3, 2, 3, 1, 2, 3]
    assert requests[0].id == requests[2].id == requests[5].id


def test_one_delivery_can_be_sent_again(
    session: Session, happen: Happen, subscribe: Subscribe, work: Work, times: Times
) -> None:
    with Receiver(polite) as receiver, work():
        name = verified(session, subscribe, receiver.url)
        event = happen()
        receiver.wait_for(1)
        eventually(lambda: log_of(session, name)[0].state == "delivered")
        with writing(session):
            made = replay.redeliver(session, name=name, delivery="1.1", now=times())
        requests = receiver.wait_for(2)

    assert made.id == "1.2"
    assert [request.id for request in requests] == [event.id, event.id]


def test_a_test_reaches_an_active_endpoint_only(
    session: Session, subscribe: Subscribe, work: Work, times: Times
) -> None:
    with Receiver(polite) as receiver:
        unproved = subscribe(receiver.url).endpoint.name
        with writing(session), pytest.raises(NotVerified):
            endpoints.send_test(session, name=unproved, now=times())
        with work():
            eventually(lambda: state_of(session, unproved) == "active")
            with writing(session):
                message = endpoints.send_test(session, name=unproved, now=times())
            eventually(lambda: receiver.requests[-1].id == message)

    assert orjson.loads(receiver.requests[-1].body)["type"] == "endpoint.test"


def test_a_new_address_has_to_prove_itself_and_gets_what_waited(
    *,
    session: Session,
    happen: Happen,
    subscribe: Subscribe,
    work: Work,
    times: Times,
    safeguards: Safeguards,
) -> None:
    with Receiver(polite) as old, Receiver(polite) as new:
        with work():
            name = verified(session, subscribe, old.url)
        with writing(session):
            endpoints.change(session, name=name, url=new.url, safeguards=safeguards, now=times())
        happen()
        with work():
            new.wait_for(1)

    assert old.events == []
    assert [request.sequence for request in new.requests] == [0, 1]


def test_both_secrets_sign_for_a_day_after_a_rotation(
    *,
    session: Session,
    happen: Happen,
    subscribe: Subscribe,
    work: Work,
    times: Times,
    safeguards: Safeguards,
) -> None:
    with Receiver(polite) as receiver, work():
        made = subscribe(receiver.url, signatures=("v1", "v1a"))
        name = made.endpoint.name
        eventually(lambda: state_of(session, name) == "active")
        with writing(session):
            rotated = endpoints.rotate(session, name=name, safeguards=safeguards, now=times())
        happen()
        receiver.wait_for(1)
        eventually(lambda: log_of(session, name)[0].state == "delivered")
        times.pass_by(timedelta(hours=25))
        happen()
        during, later = receiver.wait_for(2)

    assert rotated.secret != made.secret
    assert schemes(during.headers) == ["v1", "v1", "v1a", "v1a"]
    assert schemes(later.headers) == ["v1", "v1a"]


def schemes(headers: Mapping[str, str]) -> list[str]:
    signatures = headers["webhook-signature"].split()
    return sorted(signature.partition(",")[0] for signature in signatures)


def test_who_is_told_through_a_channel_that_a_worker_lacks_waits_for_one_that_has_it(
    session: Session, work: Work, subscribe: Subscribe, happen: Happen
) -> None:
    with Receiver(polite) as receiver, work():
        here = verified(session, subscribe, receiver.url)
        elsewhere = verified(session, subscribe, f"{receiver.url}/elsewhere")
        set_channel(session, elsewhere, "pager")
        before = leases_of(session, elsewhere)
        happen()
        happen()
        eventually(lambda: [each.state for each in log_of(session, here)] == ["delivered"] * 3)

        assert leases_of(session, elsewhere) == before
        assert [each.attempts for each in log_of(session, elsewhere)][:2] == [0, 0]

        set_channel(session, elsewhere, "webhook")
        eventually(lambda: {each.state for each in log_of(session, elsewhere)} == {"delivered"})


def set_channel(session: Session, name: str, channel: str) -> None:
    with writing(session):
        session.execute(
            text("UPDATE endpoint SET channel = :channel WHERE name = :name"),
            {"channel": channel, "name": name},
        )


def leases_of(session: Session, name: str) -> int:
    session.rollback()
    query = text("SELECT lease_token FROM endpoint WHERE name = :name")
    return int(session.scalar(query, {"name": name}) or 0)
