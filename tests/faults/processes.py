"""Processes that tests kill and freeze: workers and publishers, forked from a warm parent."""

from __future__ import annotations

import multiprocessing
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerContext, ForkServerProcess

from sqlalchemy.orm import Session

from policy_api.db.engine import make_engine
from policy_api.db.tx import retrying, writing
from policy_api.events import service
from policy_api.events.service import EventRecord
from policy_api.ledger import models as ledger_models
from policy_api.notification import fanout
from policy_api.notification.pace import Pace
from policy_api.notification.retry import Schedule
from policy_api.notification.worker import run_worker
from policy_api.settings import Profile, Settings

NEEDED = ledger_models
"""Events refer to releases; the tables must be known together."""

FRAIL = Pace(
    timeout=0.5,
    per_lease=2,
    margin=0.2,
    poll=0.1,
    slots=16,
    slow_slots=16,
    per_place=1000,
    place_rate=100_000,
    sweep=1.0,
)
"""Short leases, so that what a killed worker held is soon free again."""

BREATH = 0.03
"""Seconds between two events, or the worker that comes last would have to send for an hour."""

FEW = 20
"""Endpoints per chunk of fan-out, so that an event takes many transactions."""

SLOTS = FRAIL.slots + FRAIL.slow_slots


def settings_for(url: str) -> Settings:
    return Settings(
        profile=Profile.TESTING,
        database_url=url,
        webhook_allowed_networks=("127.0.0.0/8",),
        webhook_allow_http=True,
    )


def work(url: str, *, is_hasty: bool = False, **numbers: float) -> None:
    """Be a worker until told to stop.

    :param is_hasty: Whether refused deliveries are tried again at once.
    """
    pace = replace(FRAIL, **numbers)  # type: ignore[arg-type]
    if is_hasty:
        pace = replace(pace, schedule=Schedule(pauses=(timedelta(milliseconds=200),) * 13))
    run_worker(settings_for(url), pace=pace)


def announce(url: str, count: int) -> None:
    """Write events down, each in a transaction of its own."""
    engine = make_engine(url)
    with Session(engine) as session:
        for _ in range(count):
            retrying(lambda: announce_one(session))
            time.sleep(BREATH)


def announce_one(session: Session) -> int:
    """Write one event down and return its sequence."""
    now = datetime.now(UTC).replace(microsecond=0)
    record = EventRecord(
        type="policy.published",
        occurred_at=now,
        data={"policy": "privacy", "sites": [{"site": "shop"}]},
        policy="privacy",
        sites=("shop",),
        significance="material",
        change_types=("recipient.added",),
    )
    with writing(session):
        return service.append(session, record, now=now).sequence


def hand_out(url: str) -> None:
    """Hand events to endpoints in small chunks, and do nothing else, until killed."""
    engine = make_engine(url)
    with Session(engine, expire_on_commit=False) as session:
        while True:
            if not retrying(lambda: hand_out_some(session)):
                time.sleep(0.005)


def hand_out_some(session: Session) -> bool:
    """Hand one event to a few endpoints; False if there was none."""
    with writing(session):
        found = fanout.advance(session, now=datetime.now(UTC), chunk=FEW)
    session.expunge_all()
    return found


def warm() -> ForkServerContext:
    """Return a context whose processes start in milliseconds."""
    context = multiprocessing.get_context("forkserver")
    drivers = ["psycopg", "sqlalchemy.dialects.postgresql.psycopg", "pysqlite3.dbapi2"]
    context.set_forkserver_preload(["tests.faults.processes", *drivers])
    return context


def start_worker(context: ForkServerContext, url: str, **numbers: float) -> ForkServerProcess:
    process = context.Process(target=work, args=(url,), kwargs=numbers)
    process.start()
    return process


def start_fan_out(context: ForkServerContext, url: str) -> ForkServerProcess:
    process = context.Process(target=hand_out, args=(url,))
    process.start()
    return process


def start_announcer(context: ForkServerContext, url: str, count: int) -> ForkServerProcess:
    process = context.Process(target=announce, args=(url, count))
    process.start()
    return process
