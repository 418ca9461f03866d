"""Endpoints and deliveries as JSON, the same over HTTP and on the command line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from policy_api.domain.proof.canonical import instant_text
from policy_api.notification import queries
from policy_api.notification.endpoints import Made
from policy_api.notification.queries import AttemptRow, DeliveryRow, EndpointRow

Shown = dict[str, Any]


def endpoint_json(row: EndpointRow) -> Shown:
    """Return an endpoint as its owner sees it."""
    return {
        "id": row.name,
        "channel": row.channel,
        "url": row.target.get("url"),
        "description": row.description,
        "state": row.state,
        "filter": {
            "types": _listed(row.types),
            "sites": _listed(row.sites),
            "policies": _listed(row.policies),
            "change_types": _listed(row.change_types),
            "min_significance": row.min_significance,
        },
        "signatures": list(row.signatures),
        "created_at": instant_text(row.created_at),
        "created_by": row.created_by,
        "verified_at": _instant(row.verified_at),
        "stopped_at": _instant(row.stopped_at),
        "failures": row.failures,
        "failing_since": _instant(row.failing_since),
        "held_until": _instant(row.held_until),
        "pending": row.pending,
    }


def made_json(made: Made, *, is_shown: bool = True) -> Shown:
    """Return an endpoint with its secret.

    :param is_shown: False for the answer to a repeated request: a secret is shown once.
    """
    given = {"secret": made.secret, "public_key": made.public_key}
    secrets = given if is_shown else dict.fromkeys(given)
    return {**endpoint_json(made.endpoint), **secrets}


def delivery_json(session: Session, row: DeliveryRow, *, endpoint: str) -> Shown:
    """Return a delivery with every attempt."""
    tried = queries.attempts(session, endpoint=endpoint, id=row.id)
    return {
        "id": row.id,
        "sequence": row.sequence or None,
        "webhook_id": row.event,
        "type": row.type,
        "state": row.state,
        "reason": row.reason,
        "created_at": instant_text(row.created_at),
        "due_at": instant_text(row.due_at) if row.state == "pending" else None,
        "delivered_at": _instant(row.delivered_at),
        "attempts": [attempt_json(each) for each in tried],
    }


def attempt_json(row: AttemptRow) -> Shown:
    """Return an attempt."""
    return {
        "started_at": instant_text(row.started_at),
        "milliseconds": row.milliseconds,
        "verdict": row.verdict,
        "status": row.status,
        "detail": row.detail,
        "answer": row.answer,
    }


def _listed(names: tuple[str, ...] | None) -> list[str] | None:
    return None if names is None else list(names)


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else instant_text(instant)
