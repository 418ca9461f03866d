"""The one endpoint that stands for the cache in front; there if, and only if, one is configured."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from policy_api.events import queries as events
from policy_api.events.service import hold
from policy_api.notification.endpoint_rows import new_endpoint
from policy_api.notification.models import Endpoint

CDN: Final = "cdn"
"""Its name and its channel."""


def set_up(session: Session, *, is_wanted: bool, now: datetime) -> None:
    """Let the cache hear of what happens from now on, or of nothing.

    What happened while it was switched off waits for it, as for any endpoint that stopped. When
    it comes back to work, each worker that starts gives it another chance.
    """
    # Makes "from now on" exact, and lets one of several workers that start at once do it.
    hold(session)
    found = session.scalar(select(Endpoint).where(Endpoint.name == CDN))
    if found is None:
        if is_wanted:
            session.add(_new(after=events.last_sequence(session), now=now))
            session.flush()
        return
    is_on = found.stopped_at is None
    if is_on == is_wanted:
        return
    found.state, found.stopped_at = ("active", None) if is_wanted else ("disabled", now)
    found.due_at = now if is_wanted else None
    found.failures, found.failing_since, found.held_until = 0, None, None
    found.lease_token, found.leased_until = found.lease_token + 1, None
    session.flush()


def _new(*, after: int, now: datetime) -> Endpoint:
    return new_endpoint(
        CDN, channel=CDN, target={}, description="The cache in front.", after=after, now=now
    )
