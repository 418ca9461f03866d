"""The public event log, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from policy_api.events import queries
from policy_api.events.rows import EventRow
from policy_api.reading.parameters import DEFAULT_LIMIT
from policy_api.reading.paths import with_query
from policy_api.reading.visit import Visit
from policy_api.web.conditional import Lifetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """Some events, and how long it will be all there is to say after the one asked for."""

    document: dict[str, Any]
    lifetime: Lifetime


def events(visit: Visit, *, after: int, limit: int) -> LogPage:
    """Return the events after a sequence."""
    found = queries.after(visit.session, sequence=after, limit=limit + 1)
    shown = found[:limit]
    following = None
    if len(found) > limit:
        following = with_query(
            f"{visit.mount_path}/v1/changes",
            after=str(shown[-1].sequence),
            limit=None if limit == DEFAULT_LIMIT else str(limit),
        )
    return LogPage(
        document={"items": [_public(event) for event in shown], "next": following},
        # The end of the log can grow at any moment, and whoever asks wants to know at once.
        lifetime=visit.lifetime if following else Lifetime(),
    )


def _public(event: EventRow) -> dict[str, Any]:
    """Return an event as subscribers get it, with the id their deliveries carry."""
    return {"id": event.id, **orjson.loads(event.body)}
