"""The fence of a restored database: what the lost one may have sent is not sent again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from policy_api.events import service as events
from policy_api.notification import digests, fanout
from policy_api.notification.models import Delivery, Endpoint


def raise_fence(session: Session, *, now: datetime) -> int:
    """Park every delivery of what happened so far, and return how many there are.

    Nothing is dropped: whoever wants what is parked has it sent. Later events are delivered as
    ever, and a bundle begins behind the last one that was complete.
    """
    events.fire_due(session, now=now)
    # What was not handed out yet would be, and sent, by the first worker.
    while fanout.advance(session, now=now) or digests.advance(session, now=now):
        continue
    parking = update(Delivery).where(Delivery.state == "pending").values(state="parked")
    parked = session.scalars(parking.returning(Delivery.endpoint_id)).all()
    session.execute(
        update(Endpoint).values(
            due_at=None, leased_until=None, lease_token=Endpoint.lease_token + 1
        )
    )
    session.flush()
    return len(parked)
