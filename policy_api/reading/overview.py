"""What is the same for every reader between two releases, read once in each process."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from flask import current_app
from sqlalchemy.orm import Session

from policy_api.ledger import queries
from policy_api.ledger.rows import Current, Overview

MAX_CURRENT: Final = 4096
"""Policies of sites whose versions in force are remembered; each takes about 1 kB."""

_NAME: Final = "policy-api-overview"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What one state of the ledger says, as far as somebody asked.

    The digest that names the state covers all that was ever published, so what is known under
    it needs no other check.
    """

    chain_head: str | None
    overview: Overview
    _current: dict[tuple[str, str], Current] = field(default_factory=dict)

    def current(self, session: Session, *, site: str, policy: str, now: datetime) -> Current | None:
        """Return the version of a policy that is in force, or None if none is."""
        found = self._current.get((site, policy))
        if found is not None and found.is_in_force(now):
            return found
        found = queries.place_in_force(session, site=site, policy=policy, at=now)
        published_at = self.overview.published_at
        # To a clock that was set back, a release may be one of the future.
        if found is not None and published_at is not None and published_at <= now:
            if len(self._current) >= MAX_CURRENT:
                self._current.clear()
            self._current[site, policy] = found
        return found


def known(session: Session) -> Known:
    """Return what is known of the state that a session sees.

    The list of all sites is long where there are many, and a request is about one.
    """
    chain_head = queries.chain_head(session)
    found: Known | None = current_app.extensions.get(_NAME)
    if found is None or found.chain_head != chain_head:
        found = Known(chain_head=chain_head, overview=queries.overview(session))
        current_app.extensions[_NAME] = found
    return found
