"""The style sheet of policy pages."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from flask import Response

from policy_api.domain import rendering
from policy_api.web.api import Blueprint
from policy_api.web.conditional import Answer, Lifetime, respond
from policy_api.web.schemas import NoQuery

STYLESHEET_PATH: Final = "/v1/assets/page.css"
STYLESHEET: Final = Path(rendering.__file__).parent / "static" / "page.css"
LIFETIME: Final = Lifetime(max_age=3600, stale=86400)
"""It changes only with the program, and an old look does no harm."""

blp = Blueprint("assets", __name__, description="What pages need.")


@blp.get(STYLESHEET_PATH)
@blp.arguments(NoQuery, location="query")
@blp.response(200, {"type": "string"}, content_type="text/css")
def get_stylesheet(_query: dict[str, object]) -> Response:
    """Return the style sheet of policy pages."""
    return respond(Answer(body=_stylesheet(), media_type="text/css", lifetime=LIFETIME))


@cache
def _stylesheet() -> bytes:
    return STYLESHEET.read_bytes()
