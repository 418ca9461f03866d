"""The OpenAPI document, and a page to read it that loads nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final
from urllib.parse import quote

import orjson
from flask import Flask, Response, current_app, render_template, request

from policy_api.errors import NotFound
from policy_api.web.api import Api, Blueprint
from policy_api.web.conditional import JSON, Answer, Lifetime, respond
from policy_api.web.schemas import NoQuery
from policy_api.web.state import state

DOCUMENT_PATH: Final = "/v1/openapi.json"
PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
LIFETIME: Final = Lifetime(max_age=300, stale=300)
"""The document changes only when another release of the program is started."""

ASSETS: Final[Mapping[str, tuple[str, str, str]]] = {
    "docs.js": ("policy_api.web", "assets", "text/javascript"),
    "favicon-32x32.png": ("flask_swagger_ui", "dist", "image/png"),
    "swagger-ui-bundle.js": ("flask_swagger_ui", "dist", "text/javascript"),
    "swagger-ui.css": ("flask_swagger_ui", "dist", "text/css"),
}
"""File name → package, directory and media type; nothing else can be asked for."""

blp = Blueprint(
    "documentation",
    __name__,
    template_folder="templates",
    description="This description of the interface.",
)
pages = Blueprint("documentation-page", __name__, template_folder="templates")


@blp.get(DOCUMENT_PATH)
@blp.arguments(NoQuery, location="query")
@blp.response(200, {"type": "object"})
def get_openapi(_query: Mapping[str, Any]) -> Response:
    """Return this OpenAPI document."""
    documents = state().openapi
    body = documents.get(request.root_path)
    if body is None:
        body = documents[request.root_path] = _document(request.root_path)
    return respond(Answer(body=body, media_type=JSON, lifetime=LIFETIME))


@pages.get("/docs")
def show_docs() -> Response:
    """Return the documentation page."""
    mount = quote(request.root_path)
    body = render_template("docs.html", assets=f"{mount}/docs", openapi=f"{mount}{DOCUMENT_PATH}")
    return respond(
        Answer(
            body=body.encode(),
            media_type="text/html",
            language="en",
            lifetime=LIFETIME,
            headers={"Content-Security-Policy": PAGE_POLICY},
        )
    )


@pages.get("/docs/<name>")
def get_docs_asset(name: str) -> Response:
    """Return a file of the documentation page."""
    if name not in ASSETS:
        raise NotFound("The documentation page has no such file.")
    return respond(
        Answer(body=_asset(name), media_type=ASSETS[name][2], lifetime=Lifetime(max_age=3600))
    )


def register_docs(app: Flask, api: Api) -> None:
    """Give an app its OpenAPI document and the page for it."""
    app.extensions["policy-api-openapi"] = api
    api.register_blueprint(blp)
    app.register_blueprint(pages)


def _document(root_path: str) -> bytes:
    api: Api = current_app.extensions["policy-api-openapi"]
    document = {**api.spec.to_dict(), "servers": [{"url": quote(root_path) or "/"}]}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


@cache
def _asset(name: str) -> bytes:
    package, directory, _ = ASSETS[name]
    return (files(package) / directory / name).read_bytes()
