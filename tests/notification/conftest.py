"""A worker on a thread, and short ways to make events and endpoints."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from policy_api.db.tx import writing
from policy_api.events import service as events
from policy_api.events.rows import EventRow
from policy_api.events.service import EventRecord
from policy_api.ledger import models as ledger_models
from policy_api.notification import queries
from policy_api.notification.channels import webhook
from policy_api.notification.endpoints import Made, Safeguards, create
from policy_api.notification.pace import Pace
from policy_api.notification.queries import DeliveryRow
from policy_api.notification.worker import Worker
from policy_api.settings import Profile, Settings

NEEDED = ledger_models
"""Events refer to releases; the tables must be known together."""

QUICK = Pace(timeout=2.0, margin=1.0, poll=0.05, slow_after=0.2, place_rate=10_000, per_place=100)
"""The product's numbers, made short."""


@dataclass
class Times:
    """A clock that tests set."""

    instant: datetime = datetime(2026, 3, 1, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.instant

    def pass_by(self, span: timedelta) -> None:
        self.instant += span


Happen = Callable[..., EventRow]
Subscribe = Callable[..., Made]
Work = Callable[..., AbstractContextManager[Worker]]


@pytest.fixture
def local(database_url: str) -> Settings:
    """Return settings under which the loopback may be reached without encryption."""
    return Settings(
        profile=Profile.TESTING,
        database_url=database_url,
        webhook_allowed_networks=("127.0.0.0/8", "::1/128"),
        webhook_allow_http=True,
    )


@pytest.fixture
def safeguards(local: Settings) -> Safeguards:
    return Safeguards.of(local)


@pytest.fixture
def times() -> Times:
    return Times()


@pytest.fixture
def happen(session: Session, times: Times) -> Happen:
    """Return a function that writes an event down."""

    def make(**told: object) -> EventRow:
        record = {
            "type": "policy.published",
            "occurred_at": times(),
            "data": {"policy": "privacy", "sites": [{"site": "shop"}]},
            "policy": "privacy",
            "sites": ("shop",),
            "significance": "material",
            "change_types": ("recipient.added",),
            **told,
        }
        with writing(session):
            return events.append(session, EventRecord(**record), now=times())  # type: ignore[arg-type]

    return make


@pytest.fixture
def subscribe(session: Session, safeguards: Safeguards, times: Times) -> Subscribe:
    """Return a function that makes an endpoint, still to be verified."""

    def make(url: str, **wishes: object) -> Made:
        with writing(session):
            return create(
                session,
                url=url,
                safeguards=safeguards,
                by="tests",
                now=times(),
                **wishes,  # type: ignore[arg-type]
            )

    return make


@pytest.fixture
def work(engine: Engine, local: Settings, times: Times) -> Work:
    """Return a context in which a worker runs, by the test's clock."""

    @contextmanager
    def run(
        pace: Pace = QUICK, *, settings: Settings = local, on: Engine = engine, **how: object
    ) -> Iterator[Worker]:
        made = Worker(
            on,
            settings=settings,
            pace=pace,
            channels=[("webhook", webhook.open_webhooks)],
            now=times,
            database_now=lambda _: times(),
            **how,
        )
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_until_complete, args=(made.run(),))
        thread.start()
        try:
            yield made
        finally:
            loop.call_soon_threadsafe(made.stop)
            thread.join(30)
            loop.close()

    return run


def hasty(pace: Pace = QUICK, **numbers: object) -> Pace:
    return replace(pace, **numbers)  # type: ignore[arg-type]


def eventually(ask: Callable[[], object], *, seconds: float = 10) -> None:
    """Wait until something is true."""
    until = time.monotonic() + seconds
    while not ask():
        assert time.monotonic() < until, "It never came true."
        time.sleep(0.02)


def state_of(session: Session, name: str) -> str:
    session.rollback()
    session.expire_all()
    return queries.endpoint(session, name=name).state


def log_of(session: Session, name: str) -> tuple[DeliveryRow, ...]:
    """Return what an endpoint was sent, the newest first."""
    session.rollback()
    session.expire_all()
    return queries.deliveries(session, endpoint=name, limit=1000)


def verified(session: Session, subscribe: Subscribe, url: str, **wishes: object) -> str:
    """Return the name of an endpoint that has proved itself to the running worker."""
    name: str = subscribe(url, **wishes).endpoint.name
    eventually(lambda: state_of(session, name) == "active")
    return name
