"""Headers that every answer carries, errors and refusals included."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, request

from policy_api.web.state import state

API_POLICY: Final = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
PAGE_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
"""For HTML pages: styles and pictures of our own, no script at all."""

_SECURITY: Final = (
    ("Content-Security-Policy", API_POLICY),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "no-store"),
)

READABLE: Final = "Content-Language, Content-Location, ETag, Link"
SENDABLE: Final = "Accept, Accept-Language, If-Modified-Since, If-None-Match"
PREFLIGHT_SECONDS: Final = 86400
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def register_headers(app: Flask) -> None:
    """Add the headers to every answer of an app."""
    app.after_request(_add_security)
    app.after_request(_add_cors)


def _add_security(response: Response) -> Response:
    # Looked through once, not for each of them.
    there = {name.lower() for name, _ in response.headers}
    for name, value in _SECURITY:
        if name.lower() not in there:
            response.headers.add(name, value)
    resources = "cross-origin" if _open() else "same-origin"
    response.headers.setdefault("Cross-Origin-Resource-Policy", resources)
    if request.is_secure:
        value = "max-age=31536000; includeSubDomains"
        response.headers.setdefault("Strict-Transport-Security", value)
    return response


def _add_cors(response: Response) -> Response:
    if not _open():
        return response
    response.headers["Access-Control-Allow-Origin"] = "*"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, HEAD"
        response.headers["Access-Control-Allow-Headers"] = SENDABLE
        response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    else:
        response.headers["Access-Control-Expose-Headers"] = READABLE
    return response


def _open() -> bool:
    """Tell whether the request reads what is anyone's to read."""
    rule = request.url_rule
    return (
        request.blueprint in state().open_blueprints
        and request.method in _SAFE
        and rule is not None
        and (rule.methods or set()) <= _SAFE
    )
