"""Every error as RFC 9457 problem details; nothing else in the program writes that format."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

import orjson
from flask import Flask, Response, request
from sqlalchemy import exc as database
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from policy_api.domain.proof.canonical import instant_text
from policy_api.errors import N_, BadInput, PolicyError, Problem, Unavailable, error_kinds
from policy_api.web.words import register_words, said

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:problem-type:policy-api:"
"""A name, not an address: it reads the same wherever the program is mounted."""

RETRY_AFTER_SECONDS: Final = 5
_PASSED_ON: Final = frozenset({"Allow", "Retry-After", "WWW-Authenticate"})
"""Headers of an exception that carry facts; the others describe the page it would have been."""

_log = logging.getLogger(__name__)


class NestedTooDeeply(PolicyError):
    """The body is nested so deeply that reading it was given up."""

    slug, title, status = "nested-too-deeply", N_("The body is nested too deeply"), 400


def register_problems(app: Flask) -> None:
    """Answer every exception of an app with a problem, titled in the reader's language."""
    register_words(app)
    app.register_error_handler(PolicyError, _of_ours)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(database.OperationalError, _of_database)
    app.register_error_handler(database.InterfaceError, _of_database)
    app.register_error_handler(database.TimeoutError, _of_database)
    app.register_error_handler(RecursionError, _of_recursion)
    app.register_error_handler(Exception, _of_anything)


def problem_response(
    *,
    slug: str,
    title: str,
    status: int,
    detail: str = "",
    extra: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return one problem as a response that no cache may keep.

    :param extra: Further members; they never replace those the standard defines.
    """
    title, language = said(title)
    members: dict[str, object] = {"type": TYPE_PREFIX + slug, "title": title, "status": status}
    if detail:
        members["detail"] = detail
    members["instance"] = quote(request.root_path + request.path)
    members |= {name: value for name, value in (extra or {}).items() if name not in members}
    body = orjson.dumps(members, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME)
    response = Response(body, status, mimetype=MEDIA_TYPE)
    response.headers.update(headers or {})
    response.headers["Cache-Control"] = "no-store"
    # What is wrong in this very request is said in English, as the documentation says it.
    response.headers["Content-Language"] = ", ".join(dict.fromkeys((language, "en")))
    return response


def _of_ours(error: PolicyError) -> Response:
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("%s: %s", error.slug, error.detail, exc_info=error)
    extra = dict(error.extra)
    if isinstance(error, BadInput) and error.problems:
        extra["errors"] = [_pointed(problem) for problem in error.problems]
    return problem_response(
        slug=error.slug,
        title=error.title,
        status=error.status,
        detail=error.detail,
        extra=extra,
        headers=_headers(error.status, extra),
    )


def _headers(status: int, extra: dict[str, object]) -> dict[str, str]:
    """Return what an answer of that status must say beside its body."""
    if status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": str(extra.pop("challenge", "Bearer"))}
    if status in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS}:
        return {"Retry-After": str(extra.pop("retry_after", RETRY_AFTER_SECONDS))}
    return {}


def _of_http(error: HTTPException) -> Response:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    headers = dict(error.get_headers(request.environ))
    slug = _phrase(status).lower().replace(" ", "-").replace("'", "")
    ours = {kind.slug: kind.title for kind in error_kinds() if kind.status == status}
    return problem_response(
        slug=slug,
        # One title per type (RFC 9457 §3.1.3), whoever has raised it.
        title=ours.get(slug, _phrase(status)),
        status=status,
        detail=_sentence(status),
        headers={name: value for name, value in headers.items() if name in _PASSED_ON},
    )


def _sentence(status: int) -> str:
    """Return plain words for a status, with the limit of this address where a body went over it."""
    limit = request.max_content_length
    # Forms have a smaller limit of their own.
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and limit and "form" not in request.mimetype:
        return f"The request body is too large; at most {limit >> 20} MiB are taken here."
    return _SENTENCES.get(status, "")


def _of_database(error: database.SQLAlchemyError) -> Response:
    """Tell clients to come back; the reason is for the operator alone."""
    _log.error("The database does not answer.", exc_info=error)
    return _of_kind(Unavailable)


def _of_recursion(error: RecursionError) -> Response:
    """Blame the body, if there was one: nothing else a client sends can be bottomless."""
    return _of_kind(NestedTooDeeply) if request.content_length else _of_anything(error)


def _of_anything(error: Exception) -> Response:
    _log.error("Unexpected: %s", type(error).__name__, exc_info=error)
    return _of_kind(PolicyError)


def _of_kind(kind: type[PolicyError]) -> Response:
    return problem_response(
        slug=kind.slug, title=kind.title, status=kind.status, headers=_headers(kind.status, {})
    )


def _pointed(problem: Problem) -> dict[str, object]:
    members: dict[str, object] = {"pointer": problem.pointer, "detail": problem.detail}
    for name in ("file", "line", "expected"):
        if value := getattr(problem, name):
            members[name] = value
    return members


def _phrase(status: int) -> str:
    """Name a status; not as Python does, whose newer versions have other names for some."""
    return HTTP_STATUS_CODES.get(status, "Error")


def _plain(value: object) -> Any:  # noqa: ANN401 -- what orjson asks for
    if isinstance(value, datetime):
        return instant_text(value)
    return str(value)


_SENTENCES: Final[Mapping[int, str]] = {
    400: "The request could not be understood.",
    404: "There is nothing at this address.",
    405: "The resource does not have this method; Allow names those it has.",
    406: "No acceptable content coding is left; allow identity or gzip.",
    413: "The request body is too large.",
    414: "The address is too long.",
    415: "The body has another Content-Type than this address takes, which mostly is JSON.",
    429: "Too many requests; Retry-After says when to come back.",
    431: "The request headers are too large.",
    500: PolicyError.title,
}
"""Plain words per status; an exception's own text may quote the request or the program."""
