"""Webhook endpoints: make, change, prove, replay, stop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import islice
from typing import Any

import orjson
from flask import Response, url_for
from sqlalchemy.orm import Session

from policy_api import clock
from policy_api.access.answering import acted, outcome, page, told
from policy_api.access.doors import needs, principal
from policy_api.access.idempotency import Outcome
from policy_api.access.scopes import Action
from policy_api.db.base import db
from policy_api.notification import queries
from policy_api.notification.endpoints import Made, Safeguards
from policy_api.notification.owning import Owner
from policy_api.notification.schemas import (
    DeliveriesOut,
    DeliveriesQuery,
    DeliveryOut,
    NewWebhookOut,
    ReplayedOut,
    ReplayIn,
    TestedOut,
    WebhookIn,
    WebhookOut,
    WebhookPatch,
    WebhooksOut,
    WebhooksQuery,
    filter_from,
)
from policy_api.notification.showing import delivery_json, endpoint_json, made_json
from policy_api.web.api import Blueprint
from policy_api.web.schemas import NoQuery
from policy_api.web.state import state

ALL = "/v1/webhooks"
ONE = f"{ALL}/<webhook_id>"
DELIVERIES = f"{ONE}/deliveries"

blp = Blueprint("webhooks", __name__, description="Endpoints that events are posted to.")


@blp.get(ALL)
@needs(Action.WEBHOOKS)
@blp.arguments(WebhooksQuery, location="query")
@blp.response(200, WebhooksOut)
def list_webhooks(query: dict[str, Any]) -> Response:
    """List the endpoints of the own sites in the order of creation."""
    limit = query["limit"]
    rows = islice(reading().all(after=query["after"]), limit + 1)

    def following(last: dict[str, Any]) -> str:
        return url_for("webhooks.list_webhooks", limit=limit, after=last["id"])

    return told(page([endpoint_json(row) for row in rows], limit=limit, following=following))


@blp.post(ALL)
@needs(Action.WEBHOOKS)
@blp.arguments(WebhookIn)
@blp.response(201, NewWebhookOut)
def create_webhook(body: dict[str, Any]) -> Response:
    """Make an endpoint. Its secret is shown once; it must echo a signed challenge to be active."""

    def work(owner: Owner) -> Outcome:
        made = owner.create(
            url=body["url"],
            wanted=filter_from(body["filter"]),
            signatures=tuple(body["signatures"]),
            description=body["description"],
        )
        location = url_for("webhooks.get_webhook", webhook_id=made.endpoint.name)
        return made_outcome(made, status=201, headers={"Location": location})

    return owned(work)


@blp.get(ONE)
@needs(Action.WEBHOOKS)
@blp.arguments(NoQuery, location="query")
@blp.response(200, WebhookOut)
def get_webhook(_query: dict[str, Any], *, webhook_id: str) -> Response:
    """Return an endpoint and how it is."""
    return told(endpoint_json(reading().one(webhook_id)))


@blp.patch(ONE)
@needs(Action.WEBHOOKS)
@blp.arguments(WebhookPatch)
@blp.response(200, WebhookOut)
def change_webhook(body: dict[str, Any], *, webhook_id: str) -> Response:
    """Change an endpoint. A new address has to echo a challenge first; events wait until then."""
    changes = {name: value for name, value in body.items() if name != "filter"}
    if "filter" in body:
        changes["wanted"] = filter_from(body["filter"])
    return owned(lambda owner: shown(owner.change(webhook_id, changes=changes)))


@blp.delete(ONE)
@needs(Action.WEBHOOKS)
@blp.arguments(NoQuery, location="query")
@blp.response(204)
def delete_webhook(_query: dict[str, Any], *, webhook_id: str) -> Response:
    """End an endpoint; what waited for it is not sent any more."""

    def work(owner: Owner) -> Outcome:
        owner.delete(webhook_id)
        return outcome(status=204)

    return owned(work)


@blp.post(f"{ONE}/enable")
@needs(Action.WEBHOOKS)
@blp.arguments(NoQuery, location="query")
@blp.response(200, WebhookOut)
def enable_webhook(_query: dict[str, Any], *, webhook_id: str) -> Response:
    """Start an endpoint again; everything that is parked is sent, the oldest first."""
    return owned(lambda owner: shown(owner.enable(webhook_id)))


@blp.post(f"{ONE}/disable")
@needs(Action.WEBHOOKS)
@blp.arguments(NoQuery, location="query")
@blp.response(200, WebhookOut)
def disable_webhook(_query: dict[str, Any], *, webhook_id: str) -> Response:
    """Stop an endpoint; what happens from now on waits for it."""
    return owned(lambda owner: shown(owner.disable(webhook_id)))


@blp.post(f"{ONE}/rotate-secret")
@needs(Action.WEBHOOKS)
@blp.arguments(NoQuery, location="query")
@blp.response(200, NewWebhookOut)
def rotate_webhook_secret(_query: dict[str, Any], *, webhook_id: str) -> Response:
    """Give an endpoint a new secret; the one before signs beside it for 24 hours."""
    return owned(lambda owner: made_outcome(owner.rotate(webhook_id), status=200))


@blp.post(f"{ONE}/test")
@needs(Action.WEBHOOKS)
@blp.arguments(NoQuery, location="query")
@blp.response(202, TestedOut)
def send_webhook_test(_query: dict[str, Any], *, webhook_id: str) -> Response:
    """Send a message that means nothing; the delivery log tells what came of it."""
    return owned(lambda owner: outcome({"webhook_id": owner.test(webhook_id)}, status=202))


@blp.post(f"{ONE}/replay")
@needs(Action.WEBHOOKS)
@blp.arguments(ReplayIn)
@blp.response(202, ReplayedOut)
def replay_webhook(body: dict[str, Any], *, webhook_id: str) -> Response:
    """Send everything again since an event or an instant, each under its first webhook-id."""
    return owned(
        lambda owner: outcome({"deliveries": owner.replay(webhook_id, **body)}, status=202)
    )


@blp.get(DELIVERIES)
@needs(Action.WEBHOOKS)
@blp.arguments(DeliveriesQuery, location="query")
@blp.response(200, DeliveriesOut)
def list_webhook_deliveries(query: dict[str, Any], *, webhook_id: str) -> Response:
    """List what an endpoint was sent, newest first, with every attempt."""
    owner, limit = reading(), query["limit"]
    name = owner.one(webhook_id).name
    rows = queries.deliveries(owner.session, endpoint=name, before=query["before"], limit=limit + 1)
    items = [delivery_json(owner.session, row, endpoint=name) for row in rows]

    def following(last: dict[str, Any]) -> str:
        return url_for(
            "webhooks.list_webhook_deliveries", webhook_id=name, limit=limit, before=last["id"]
        )

    return told(page(items, limit=limit, following=following))


@blp.get(f"{DELIVERIES}/<delivery_id>")
@needs(Action.WEBHOOKS)
@blp.arguments(NoQuery, location="query")
@blp.response(200, DeliveryOut)
def get_webhook_delivery(_query: dict[str, Any], *, webhook_id: str, delivery_id: str) -> Response:
    """Return one delivery with every attempt."""
    owner = reading()
    name = owner.one(webhook_id).name
    row = queries.delivery(owner.session, endpoint=name, id=delivery_id)
    return told(delivery_json(owner.session, row, endpoint=name))


@blp.post(f"{DELIVERIES}/<delivery_id>/redeliver")
@needs(Action.WEBHOOKS)
@blp.arguments(NoQuery, location="query")
@blp.response(202, DeliveryOut)
def redeliver_to_webhook(_query: dict[str, Any], *, webhook_id: str, delivery_id: str) -> Response:
    """Send one event again, under its first webhook-id."""

    def work(owner: Owner) -> Outcome:
        row = owner.redeliver(webhook_id, delivery_id)
        return outcome(delivery_json(owner.session, row, endpoint=webhook_id), status=202)

    return owned(work)


def reading() -> Owner:
    """Return the token at work, to look at endpoints."""
    return _owner(db.session(), clock.now())


def owned(work: Callable[[Owner], Outcome]) -> Response:
    """Let the token at work do something to endpoints."""
    return acted(lambda session, now: work(_owner(session, now)))


def made_outcome(made: Made, *, status: int, headers: dict[str, str] | None = None) -> Outcome:
    """Return an answer with a secret, of which a repeated request finds the rest only."""
    return Outcome(
        status=status,
        headers=headers or {},
        body=orjson.dumps(made_json(made)).decode(),
        kept=orjson.dumps(made_json(made, is_shown=False)).decode(),
    )


def shown(row: queries.EndpointRow) -> Outcome:
    """Return an endpoint as an answer."""
    return outcome(endpoint_json(row))


def _owner(session: Session, now: datetime) -> Owner:
    safeguards = Safeguards.of(state().settings)
    return Owner(session=session, by=principal(), safeguards=safeguards, now=now)
