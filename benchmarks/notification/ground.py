"""Subscribers and events in bulk, without their ceremony."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from policy_api.db.tx import writing
from policy_api.events import service
from policy_api.events.service import EventRecord
from policy_api.ledger import models as ledger_models
from policy_api.notification.models import Endpoint, EndpointSecret
from policy_api.notification.secrets import Vault
from policy_api.notification.signing import new_key
from policy_api.settings import DEVELOPMENT_SECRET

NEEDED = ledger_models
"""Events refer to releases; the tables must be known together."""

BATCH = 1000


def fill(session: Session, count: int, *, urls: Sequence[str], filtered: int = 10) -> None:
    """Make active endpoints; every so many has a filter that lets the event through."""
    vault, now, numbers = Vault(DEVELOPMENT_SECRET), datetime.now(UTC), itertools.count(1)
    start = session.scalar(text("SELECT coalesce(max(id), 0) FROM endpoint")) or 0
    for first in range(0, count, BATCH):
        rows = []
        for _ in range(min(BATCH, count - first)):
            number = start + next(numbers)
            wanted = ["shop", "forum"] if number % filtered == 0 else None
            url = urls[number % len(urls)]
            rows.append(_endpoint(number, f"{url}{number}", wanted, now))
        with writing(session):
            session.execute(insert(Endpoint), rows)
            session.execute(insert(EndpointSecret), [_secret(row, vault, now) for row in rows])


def _endpoint(number: int, url: str, sites: list[str] | None, now: datetime) -> dict[str, object]:
    return {
        "id": number,
        "name": f"ep_{number}",
        "channel": "webhook",
        "target": {"url": url},
        "description": "",
        "created_at": now,
        "created_by": "bench",
        "types": None,
        "sites": sites,
        "policies": None,
        "change_types": None,
        "min_significance": None,
        "state": "active",
        "verified_at": now,
        "stopped_at": None,
        "after_sequence": 0,
        "due_at": None,
        "held_until": None,
        "failures": 0,
        "failing_since": None,
        "lease_token": 0,
        "leased_until": None,
    }


def _secret(row: dict[str, object], vault: Vault, now: datetime) -> dict[str, object]:
    return {
        "endpoint_id": row["id"],
        "number": 1,
        "scheme": "v1",
        "sealed": vault.seal(new_key("v1").raw, owner=str(row["name"])),
        "created_at": now,
        "expires_at": None,
    }


def announce(session: Session, count: int) -> list[float]:
    """Write events down one by one and return how long each took."""
    times = []
    for _ in range(count):
        now = datetime.now(UTC).replace(microsecond=0)
        record = EventRecord(
            type="policy.published",
            occurred_at=now,
            data={"policy": "privacy", "title": {"en": "x" * 600}, "sites": [{"site": "shop"}]},
            policy="privacy",
            sites=("shop",),
            significance="material",
            change_types=("recipient.added",),
        )
        started = time.perf_counter()
        with writing(session):
            service.append(session, record, now=now)
        times.append(time.perf_counter() - started)
    return times


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of all lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
