"""Whether the process runs, and whether it can answer readers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response

from policy_api.db.base import db
from policy_api.db.readiness import check_ready
from policy_api.web.api import Blueprint
from policy_api.web.schemas import HealthOut, NoQuery

blp = Blueprint("operation", __name__, description="For whoever runs the service.")


@blp.get("/healthz")
@blp.arguments(NoQuery, location="query")
@blp.response(200, HealthOut)
def get_health(_query: Mapping[str, Any]) -> Response:
    """Tell that the process runs."""
    return _status("ok")


@blp.get("/readyz")
@blp.arguments(NoQuery, location="query")
@blp.response(200, HealthOut)
@blp.alt_response(503, "SERVICE_UNAVAILABLE")
def get_readiness(_query: Mapping[str, Any]) -> Response:
    """Tell that the database answers and has the tables this program expects."""
    check_ready(db.session())
    return _status("ready")


def _status(status: str) -> Response:
    """Return a state nobody may remember."""
    response = Response(orjson.dumps({"status": status}), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
