"""The numbers a worker works by."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from policy_api.notification.fanout import CHUNK
from policy_api.notification.retry import SCHEDULE, Schedule
from policy_api.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The numbers a worker works by; the defaults were measured."""

    timeout: float = 10.0
    """Seconds for one attempt, from the look-up of the name to the end of the answer."""

    per_lease: int = 10
    """Deliveries to one endpoint before others get their turn."""

    margin: float = 15.0
    """Seconds a lease lasts beyond the longest its deliveries can take."""

    slots: int = 1000
    slow_slots: int = 1000
    slow_after: float = 1.0

    per_place: int = 4
    """Requests at once to one registrable host."""

    place_rate: float = 50.0
    """Requests per second to one registrable host."""

    claim: int = 200
    """Endpoints leased in one transaction."""

    chunk: int = CHUNK
    group: int = 200
    """Results stored in one transaction, at most."""

    group_seconds: float = 0.02
    """How long a result waits for others to be stored with it."""

    poll: float = 1.0
    """Seconds after which a worker looks even if nothing woke it."""

    sweep: float = 60.0
    drain: float = 20.0
    """Seconds that requests under way get when the worker is told to stop."""

    schedule: Schedule = field(default_factory=Schedule)

    @property
    def lease(self) -> timedelta:
        """How long a lease lasts."""
        return timedelta(seconds=self.per_lease * self.timeout + self.margin)


def pace_of(settings: Settings) -> Pace:
    """Return the pace an operator asked for."""
    pauses = tuple(timedelta(seconds=seconds) for seconds in settings.retry_pauses)
    return Pace(schedule=Schedule(pauses=pauses or SCHEDULE))
