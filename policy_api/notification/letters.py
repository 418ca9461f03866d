"""The exact bytes of what is sent, read once for many receivers."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from policy_api.events import queries as events
from policy_api.notification import queries
from policy_api.notification.lease import Due, Lease

REMEMBERED = 256
"""One event goes to many endpoints in a row."""

LetterKey = tuple[int, int, int]
"""Endpoint, sequence, generation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What to send for a delivery."""

    id: str
    type: str
    body: bytes = field(repr=False)


class Letters:
    """Finds what a lease shall send."""

    def __init__(self) -> None:
        self._bodies: OrderedDict[int, Letter] = OrderedDict()

    def of(self, session: Session, leases: Sequence[Lease]) -> dict[LetterKey, Letter]:
        """Return the letters of some leases."""
        return {
            (lease.endpoint_id, due.sequence, due.generation): self._letter(session, lease, due)
            for lease in leases
            for due in lease.due
        }

    def _letter(self, session: Session, lease: Lease, due: Due) -> Letter:
        if due.sequence == 0:
            ping = queries.ping(session, endpoint_id=lease.endpoint_id, number=due.generation)
            return Letter(id=ping.id, type=ping.type, body=ping.body)
        known = self._bodies.get(due.sequence)
        if known is None:
            event = events.after(session, sequence=due.sequence - 1, limit=1)[0]
            known = Letter(id=event.id, type=event.type, body=event.body)
            self._bodies[due.sequence] = known
            if len(self._bodies) > REMEMBERED:
                self._bodies.popitem(last=False)
        return known
