"""When a request is answered, and for how long the answer can be true."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from policy_api.ledger.rows import Directory, Overview
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

    directory: Directory = field(default_factory=Directory)
    """The sites and hosts that count."""

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


def moment(overview: Overview, now: datetime) -> Moment:
    """Return the moment of an instant."""
    directory = overview.directory(now)
    if overview.published_at is None:
        return Moment(now=now, directory=directory)
    begun = [switch for switch in overview.switches if switch <= now]
    return Moment(
        now=now,
        # A clock that was set back must not make an answer from the future.
        changed_at=min(max([overview.published_at, *begun]), now),
        switches_at=next((switch for switch in overview.switches if switch > now), None),
        directory=directory,
    )
