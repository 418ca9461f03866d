"""The WebSub hub of an operator: an endpoint like others, which is told that feeds changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from policy_api.domain.changes.types import Significance
from policy_api.events import queries as events
from policy_api.events.rows import EventRow
from policy_api.events.service import hold
from policy_api.ledger import queries as ledger
from policy_api.notification.bell import ring
from policy_api.notification.endpoint_rows import new_endpoint
from policy_api.notification.filters import Filter
from policy_api.notification.models import Delivery, Endpoint

WEBSUB: Final = "websub"
FEEDS: Final = ("feed.atom", "feed.json")
TYPES: Final = ("policy.published", "policy.withdrawn")
"""What changes a feed. That an instant has come does not."""

LEAST: Final = Significance.NON_MATERIAL.value
"""Feeds leave out what matters less, unless they are asked for it."""


def keep_hub(session: Session, *, url: str, now: datetime) -> None:
    """Let the hub at an address hear of what happens from now on, and no other one.

    One that was given up gets another chance: this is called when a worker starts.

    :param url: Empty if there is none any more.
    """
    hold(session)
    name = _name(url)
    _end_others(session, name, now=now)
    if not url:
        return
    found = session.scalar(select(Endpoint).where(Endpoint.name == name))
    if found is None:
        session.add(_new_hub(name, url, after=events.last_sequence(session), now=now))
    elif found.state == "deleted":
        found.after_sequence = events.last_sequence(session)
    elif found.state in {"active", "suspect"}:
        return
    if found is not None:
        found.state, found.stopped_at, found.due_at = "active", None, now
        found.failures, found.failing_since, found.held_until = 0, None, None
    session.flush()
    ring(session)


def is_kept(session: Session, *, url: str) -> bool:
    """Tell whether nothing is to be written down for the hub at an address."""
    query = select(Endpoint.name, Endpoint.state).where(
        Endpoint.channel == WEBSUB, Endpoint.state != "deleted"
    )
    found = {row.name: row.state for row in session.execute(query)}
    if not url:
        return not found
    return list(found) == [_name(url)] and found[_name(url)] in {"active", "suspect"}


def _name(url: str) -> str:
    return f"hub_{hashlib.sha256(url.encode()).hexdigest()[:24]}"


def _end_others(session: Session, name: str, *, now: datetime) -> None:
    others = select(Endpoint.id).where(
        Endpoint.channel == WEBSUB, Endpoint.name != name, Endpoint.state != "deleted"
    )
    ids = list(session.scalars(others))
    session.execute(
        update(Endpoint)
        .where(Endpoint.id.in_(ids))
        .values(
            state="deleted",
            stopped_at=now,
            due_at=None,
            leased_until=None,
            lease_token=Endpoint.lease_token + 1,
        )
    )
    session.execute(
        update(Delivery)
        .where(Delivery.endpoint_id.in_(ids), Delivery.state.in_(("pending", "parked")))
        .values(state="skipped", reason="unsubscribed")
    )


def _new_hub(name: str, url: str, *, after: int, now: datetime) -> Endpoint:
    wanted = Filter(types=TYPES, min_significance=LEAST)
    return new_endpoint(
        name, channel=WEBSUB, target={"url": url}, wanted=wanted, after=after, now=now
    )


def topics(session: Session, event: EventRow, *, base: str) -> Iterator[str]:
    """Yield the addresses of the feeds that an event changed, as the feeds call themselves.

    :param base: Absolute address of the program, without a slash at the end.
    """
    policy = event.policy or ""
    for site in event.sites:
        newest = ledger.versions(session, site=site, policy=policy, limit=1)
        for version in newest:
            for locale in ledger.edition_locales(session, version_id=version.id):
                query = urlencode({"locale": locale})
                for feed in FEEDS:
                    yield f"{base}/v1/sites/{site}/policies/{policy}/{feed}?{query}"
