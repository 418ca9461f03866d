"""How the row of an endpoint begins, whoever makes it: owners, readers, or the program itself."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from policy_api.notification.filters import Filter
from policy_api.notification.models import Endpoint

NAME_BYTES: Final = 12
EVERYTHING: Final = Filter()


def new_name(prefix: str) -> str:
    """Return a name that nobody can guess."""
    return f"{prefix}{secrets.token_hex(NAME_BYTES)}"


def new_endpoint(
    name: str,
    *,
    channel: str,
    target: Mapping[str, Any],
    now: datetime,
    wanted: Filter = EVERYTHING,
    description: str = "",
    by: str = "",
    after: int | None = None,
) -> Endpoint:
    """Return an endpoint that still has to prove itself, or hears of what comes after an event.

    :param after: Sequence of that event, where an operator has named the receiver and nobody has
        to prove anything.
    """
    found = Endpoint(
        name=name,
        channel=channel,
        target=dict(target),
        description=description,
        created_at=now,
        created_by=by,
        state="pending_verification" if after is None else "active",
        verified_at=None if after is None else now,
        stopped_at=None,
        after_sequence=after,
        due_at=None,
        held_until=None,
        failures=0,
        failing_since=None,
        lease_token=0,
        leased_until=None,
    )
    apply_filter(found, wanted)
    return found


def apply_filter(found: Endpoint, wanted: Filter) -> None:
    """Let an endpoint hear of what a filter lets through."""
    for part in ("types", "sites", "policies", "change_types"):
        names = getattr(wanted, part)
        setattr(found, part, None if names is None else sorted(set(names)))
    found.min_significance = wanted.min_significance
