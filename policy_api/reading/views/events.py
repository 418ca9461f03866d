"""The log of what happened, and the keys that prove it."""

from __future__ import annotations

from typing import Any

from flask import Response

from policy_api.reading import log, proofs
from policy_api.reading.parameters import EventsQuery
from policy_api.reading.representations import JWK_SET, Representation, as_json
from policy_api.reading.schemas import EventsOut, KeysOut
from policy_api.reading.visit import arrive
from policy_api.web.api import Blueprint
from policy_api.web.schemas import NoQuery
from policy_api.web.tags import CHANGES

blp = Blueprint("events", __name__, description="What happened, and the proof of it.")


@blp.get("/v1/changes")
@blp.arguments(EventsQuery, location="query")
@blp.response(200, EventsOut)
def list_events(query: dict[str, Any]) -> Response:
    """List what happened after an event, in order and without gaps.

    A receiver that was away asks with the last `sequence` it has seen until `next` is null.
    """
    visit = arrive()
    page = log.events(visit, after=query["after"], limit=query["limit"])
    return visit.answer(as_json(page.document), tags=(CHANGES,), lifetime=page.lifetime)


@blp.get(proofs.KEYS_PATH)
@blp.arguments(NoQuery, location="query")
@blp.response(200, KeysOut, content_type=JWK_SET)
def get_keys(_query: dict[str, Any]) -> Response:
    """Return the public keys that check the signatures of releases, as a JSON Web Key Set."""
    visit = arrive()
    made = Representation(body=as_json(proofs.keys(visit)).body, media_type=JWK_SET)
    return visit.answer(made, tags=("keys",))
