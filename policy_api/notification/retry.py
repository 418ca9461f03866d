"""When to try again, when to leave a receiver alone, when to give up on it. Pure rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import SystemRandom

from policy_api.notification.wire import Outcome, Verdict

SCHEDULE = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24, 24, 24, 24, 24)),
)
"""Pauses between attempts: 14 attempts over 7.15 days."""

JITTER = (0.8, 1.2)
LONGEST_WAIT = timedelta(hours=24)
"""As long as a receiver may ask us to stay away."""

GIVE_UP_AFTER = timedelta(days=7)
GIVE_UP_FAILURES = 10
REST_AFTER = 5
"""Failures in a row, of any kind, after which the whole endpoint is given rest."""

Random = Callable[[float, float], float]
_random = SystemRandom().uniform


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How often and how long to try."""

    pauses: tuple[timedelta, ...] = SCHEDULE
    give_up_after: timedelta = GIVE_UP_AFTER
    give_up_failures: int = GIVE_UP_FAILURES
    random: Random = _random

    def pause(self, attempts: int, *, retry_after: timedelta | None = None) -> timedelta | None:
        """Return how long to wait after a number of attempts, or None after the last one.

        Of the schedule and the receiver's wish the longer counts, so that a wish of no time is no
        way to be tried without end.
        """
        if attempts > len(self.pauses):
            return None
        scheduled = self.pauses[attempts - 1] * self.random(*JITTER)
        wished = min(retry_after or timedelta(0), LONGEST_WAIT)
        return max(scheduled, wished)

    def rest(self, failures: int, *, retry_after: timedelta | None = None) -> timedelta:
        """Return how long to leave an endpoint alone after failures in a row."""
        last = len(self.pauses)
        return self.pause(min(max(failures, 1), last), retry_after=retry_after) or LONGEST_WAIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What an endpoint's row remembers of its receiver."""

    state: str
    failures: int = 0
    failing_since: datetime | None = None
    held_until: datetime | None = None

    @property
    def is_held(self) -> bool:
        """Tell whether the receiver must prove itself before it gets more than one delivery."""
        return self.held_until is not None


def after(health: Health, outcome: Outcome, *, now: datetime, schedule: Schedule) -> Health:
    """Return an endpoint's health after an attempt."""
    if outcome.verdict is Verdict.DELIVERED:
        state = "active" if health.state == "suspect" else health.state
        return Health(state=state)
    if outcome.verdict is Verdict.GONE:
        return replace(health, state="gone", failures=health.failures + 1, held_until=None)
    failures = health.failures + 1
    # A clock that was set back must not make an old trouble look new.
    since = min(health.failing_since or now, now)
    failed = replace(health, failures=failures, failing_since=since)
    if now - since >= schedule.give_up_after and failures >= schedule.give_up_failures:
        return replace(failed, state="disabled", held_until=None)
    if outcome.verdict is not Verdict.BUSY and failures < REST_AFTER:
        return failed
    state = "suspect" if health.state == "active" else health.state
    until = now + schedule.rest(failures, retry_after=outcome.retry_after)
    return replace(failed, state=state, held_until=until)
