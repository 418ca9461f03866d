"""Endpoints of channels that plugins bring: made by whoever switched the plugin on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import ValidationError
from sqlalchemy.orm import Session

from policy_api.domain.content.faults import faults
from policy_api.errors import BadInput, Problem
from policy_api.events import queries as events
from policy_api.events import service as event_log
from policy_api.notification import queries
from policy_api.notification.channels import BUILT_IN
from policy_api.notification.channels.base import CHANNELS
from policy_api.notification.endpoint_rows import new_endpoint, new_name
from policy_api.notification.filters import Filter, check_filter
from policy_api.notification.queries import EndpointRow

OWN = frozenset(kind.name for kind in BUILT_IN)
"""Channels with a way of their own to be asked for."""


def connect(
    session: Session,
    *,
    channel: str,
    target: Mapping[str, Any],
    wanted: Filter,
    description: str,
    by: str,
    now: datetime,
) -> EndpointRow:
    """Make an endpoint that hears of what happens from now on.

    It has nothing to prove: an operator has chosen both the channel and the target.

    :raises BadInput: With what is wrong about the channel, the target or the filter.
    """
    check_filter(wanted)
    checked = _checked(channel, target)
    # Nobody can write events meanwhile, so "from now on" is exact.
    event_log.hold(session)
    found = new_endpoint(
        new_name(queries.MANAGED_PREFIX),
        channel=channel,
        target=checked,
        wanted=wanted,
        description=description,
        by=by,
        after=events.last_sequence(session),
        now=now,
    )
    session.add(found)
    session.flush()
    return queries.endpoint(session, name=found.name)


def _checked(channel: str, target: Mapping[str, Any]) -> dict[str, Any]:
    known = [name for name in CHANNELS.names() if name not in OWN]
    if channel not in known:
        problem = Problem(
            "No plugin brings it.", pointer="/channel", expected=", ".join(known) or "none"
        )
        raise BadInput(problems=[problem])
    try:
        loaded: dict[str, Any] = CHANNELS.get(channel).target_schema().load(target)
    except ValidationError as error:
        raise BadInput(
            problems=[
                Problem(each.detail, pointer=f"/target{each.pointer}")
                for each in faults(error.messages)
            ]
        ) from error
    return loaded
