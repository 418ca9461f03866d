"""When a request is answered, and for how long the answer can be true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from policy_api.ledger import queries
from policy_api.web.conditional import Lifetime

ON_THE_WAY: Final = 5
"""Seconds that an answer may be on its way: some caches count from when it has arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """An instant between the last change of what is public and the next one announced."""

    now: datetime

    changed_at: datetime | None = None
    """When something last changed for readers: a publication, or an announced instant."""

    switches_at: datetime | None = None
    """When an announced version takes effect next, on whatever site."""

    def lifetime(self, longest: int) -> Lifetime:
        """Return how long an answer may be kept.

        Never beyond the next switch, stale answers and slow networks included.

        :param longest: Seconds, where no switch is near.
        """
        if self.switches_at is None:
            return Lifetime(max_age=longest, stale=longest)
        left = max(0, int((self.switches_at - self.now).total_seconds()) - ON_THE_WAY)
        max_age = min(longest, left)
        return Lifetime(max_age=max_age, stale=min(longest, left - max_age))


def moment(session: Session, now: datetime) -> Moment:
    """Return the moment of an instant."""
    head = queries.head(session)
    if head is None:
        return Moment(now=now)
    begun = [state.effective_at for state in head.states if state.effective_at <= now]
    ahead = [state.effective_at for state in head.states if state.effective_at > now]
    # A clock that was set back must not make an answer from the future.
    changed_at = min(max([head.published_at, *begun]), now)
    return Moment(now=now, changed_at=changed_at, switches_at=min(ahead, default=None))
