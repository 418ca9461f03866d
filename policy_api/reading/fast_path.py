"""Finished answers in front of Flask: a repeat costs one question to the database and no view.

What is kept was made by the usual way, in full, and is shown again byte for byte while nothing
that is public has changed. Whatever is not plain goes the usual way.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from flask import Flask, Response, request
from werkzeug.http import remove_entity_headers

from policy_api import clock
from policy_api.db.base import db
from policy_api.reading.fast_path_table import AnswerTable
from policy_api.reading.generation import Generation, GenerationCheck
from policy_api.settings import Settings
from policy_api.web.negotiation import MAX_HEADER, Coding, coding

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

NAME: Final = "policy-api-fast-path"
KEPT: Final = "policy_api.kept"
"""Where an environment says which kept answer it was given."""

_OPEN_OPERATION: Final = "policy_api.open_operation"
"""Where an environment says by which view, open to anyone, it was answered."""

CANONICAL: Final = "/v1/sites/"
"""Below this an address names the site, so that the host takes no part in the choice."""

MAX_KEY: Final = 2048
"""Longer addresses and wishes are honest too, but not worth remembering."""

NOT_PLAIN: Final = (
    "HTTP_AUTHORIZATION",
    "HTTP_COOKIE",
    "HTTP_RANGE",
    "HTTP_IF_RANGE",
    "HTTP_IF_MATCH",
    "HTTP_IF_UNMODIFIED_SINCE",
    "HTTP_EXPECT",
    "HTTP_UPGRADE",
    "HTTP_TRANSFER_ENCODING",
)
"""Headers by which a request asks for more than the present text."""

CONDITIONS: Final = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")
"""Headers that are judged by the fast path; a tag makes the date beside it void."""

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kept:
    """A finished answer, and when it is the right one."""

    headers: Headers
    unchanged: Headers
    """Those of a 304."""

    body: bytes
    tag: str
    operation: str
    negotiated: bool
    generation: Generation
    since: float
    until: float
    """Between which seconds since 1970 it says the right things."""

    def is_due(self, second: int) -> bool:
        """Tell whether the clock stands there."""
        return self.since <= second < self.until

    @property
    def size(self) -> int:
        """Return how many bytes its texts take."""
        return len(self.body) + sum(len(name) + len(value) for name, value in self.headers)


class Asked(NamedTuple):
    """What a plain request is about."""

    address: Hashable
    language: str
    coding: Hashable
    tag: str | None
    """The one tag that a repeated request already has."""


@lru_cache(maxsize=512)
def coding_wish(header: str | None) -> tuple[Coding | None, Coding | None]:
    """Return all that Accept-Encoding decides: the coding of a body, and of a very short one."""
    return coding(header), coding(header, offered=[Coding.IDENTITY])


def single_tag(header: str) -> str | None:
    """Return the tag in an If-None-Match that holds exactly one strong tag of our form."""
    inner = header[1:-1]
    is_ours = header[:1] == header[-1:] == '"' and inner.isascii() and inner.replace("-", "a")
    return header if is_ours and inner.replace("-", "a").isalnum() else None


def _is_rare(query: str) -> bool:
    """Tell whether a query is one of endlessly many: instants, and what links are tagged with."""
    return any(part and not part.startswith("locale=") for part in query.split("&"))


def without_entity(headers: Headers) -> Headers:
    """Return the headers that a 304 has of an answer."""
    left = [*headers]
    remove_entity_headers(left)
    return left


class FastPath:
    """Shows kept answers again, and keeps what the application answers."""

    def __init__(self, app: WSGIApplication, *, flask: Flask, settings: Settings) -> None:
        self._app = app
        self._flask = flask
        self.longest = settings.max_age
        self.max_bytes = settings.answer_cache_mib * 2**20
        self.check = GenerationCheck(self._find_engine)
        self.table: AnswerTable[Kept] = AnswerTable(self.max_bytes)
        self.host_matters = bool(settings.trusted_hosts)
        """Whether some hosts are refused everywhere."""

        self.believes_proto = settings.trusted_proxies > 0
        self.believes_host = settings.trust_forwarded_host
        """Which forwarded headers take part in the choice, before a proxy's are put in place."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        asked = self._asked(environ)
        generation = None if asked is None else self.check.current()
        if asked is None or generation is None:
            return self._app(environ, start_response)
        started = time.perf_counter()
        found = self.table.find(
            generation, asked.address, language=asked.language, coding=asked.coding
        )
        if found is None or not found.is_due(clock.second()):
            return self._usual(environ, start_response, asked=asked, generation=generation)
        is_unchanged = found.tag == asked.tag
        environ[KEPT] = found
        self.count(found, environ["REQUEST_METHOD"], is_unchanged=is_unchanged, started=started)
        return self._shown(found, environ, start_response, is_unchanged=is_unchanged)

    def count(self, kept: Kept, method: str, *, is_unchanged: bool, started: float) -> None:
        """Count an answer that no view gave, as its view would have been counted."""
        metrics: Any = self._flask.extensions["policy-api-metrics"]
        if metrics is not None:
            metrics.observe(
                method=method,
                operation=kept.operation,
                status=304 if is_unchanged else 200,
                seconds=time.perf_counter() - started,
            )

    def _asked(self, environ: WSGIEnvironment) -> Asked | None:
        """Return what a request is about, or None if it is not plain."""
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return None
        if not environ.keys().isdisjoint(NOT_PLAIN) or environ.get("CONTENT_LENGTH"):
            return None
        tag = environ.get("HTTP_IF_NONE_MATCH")
        if tag is not None and (tag := single_tag(tag)) is None:
            return None
        if tag is None and "HTTP_IF_MODIFIED_SINCE" in environ:
            return None
        accepted = environ.get("HTTP_ACCEPT_ENCODING")
        language = environ.get("HTTP_ACCEPT_LANGUAGE", "")
        address = self._address(environ)
        if address is None or len(accepted or "") > MAX_HEADER or len(language) > MAX_KEY:
            return None
        wish = coding_wish(accepted)
        return Asked(address=address, language=language, coding=wish, tag=tag)

    def _address(self, environ: WSGIEnvironment) -> Hashable | None:
        path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        # A target in absolute form names a host of its own, which the usual way compares.
        target = environ.get("RAW_URI") or environ.get("REQUEST_URI") or "/"
        if len(path) + len(query) > MAX_KEY or not target.startswith("/"):
            return None
        host = None
        if self.host_matters or not path.startswith(CANONICAL):
            host = environ.get("HTTP_HOST", "")
        return (environ.get("SCRIPT_NAME", ""), path, query, host, environ["wsgi.url_scheme"])

    def _usual(
        self,
        environ: WSGIEnvironment,
        start_response: StartResponse,
        *,
        asked: Asked,
        generation: Generation,
    ) -> Iterable[bytes]:
        """Let the application answer, in full, and keep what it says if others may see it."""
        if environ["REQUEST_METHOD"] == "HEAD":
            return self._app(environ, start_response)
        conditions: dict[str, Any] = {
            name: environ.pop(name) for name in CONDITIONS if name in environ
        }
        before = clock.now()
        recorded = _Recorded()
        body = recorded.run(self._app, environ)
        kept = self._kept(recorded, body, environ, generation=generation, since=before)
        if kept is not None:
            if self._keep(kept, asked, is_rare=_is_rare(environ.get("QUERY_STRING", ""))):
                environ[KEPT] = kept
            return self._shown(kept, environ, start_response, is_unchanged=kept.tag == asked.tag)
        if conditions and recorded.is_ok:
            environ.update(conditions)
            return self._app(environ, start_response)
        start_response(recorded.status, recorded.headers)
        return [body]

    def _keep(self, kept: Kept, asked: Asked, *, is_rare: bool) -> bool:
        return self.table.keep(
            kept.generation,
            asked.address,
            kept,
            language=asked.language if kept.negotiated else None,
            coding=asked.coding,
            size=kept.size,
            is_rare=is_rare,
        )

    def _kept(
        self,
        recorded: _Recorded,
        body: bytes,
        environ: WSGIEnvironment,
        *,
        generation: Generation,
        since: datetime,
    ) -> Kept | None:
        """Return an answer to keep, or None if it is not for everybody or not for a while."""
        operation = environ.get(_OPEN_OPERATION)
        given = {name.lower(): value for name, value in recorded.headers}
        until = generation.steady_until(since, longest=self.longest)
        if (
            not recorded.is_ok
            or operation is None
            or not given.get("cache-control", "").startswith("public")
            or "set-cookie" in given
            or "etag" not in given
            # The second in which the view looked at the clock must be one for which this holds.
            or not clock.now() < until
        ):
            return None
        vary = {name.strip().lower() for name in given.get("vary", "").split(",") if name.strip()}
        if not vary <= {"accept-encoding", "accept-language"}:
            return None
        return Kept(
            headers=recorded.headers,
            unchanged=without_entity(recorded.headers),
            body=body,
            tag=given["etag"],
            operation=operation,
            negotiated="accept-language" in vary,
            generation=generation,
            since=since.timestamp(),
            until=until.timestamp(),
        )

    @staticmethod
    def _shown(
        kept: Kept,
        environ: WSGIEnvironment,
        start_response: StartResponse,
        *,
        is_unchanged: bool,
    ) -> Sequence[bytes]:
        if is_unchanged:
            start_response("304 NOT MODIFIED", [*kept.unchanged])
            return []
        start_response("200 OK", [*kept.headers])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [kept.body]

    def _find_engine(self) -> Any:  # noqa: ANN401 -- SQLAlchemy's
        with self._flask.app_context():
            return db.engine


class _Recorded:
    """What an application says before its body."""

    def __init__(self) -> None:
        self.status = ""
        self.headers: Headers = []

    @property
    def is_ok(self) -> bool:
        """Tell whether the answer is the whole text."""
        return self.status.startswith(f"{HTTPStatus.OK.value} ")

    def run(self, app: WSGIApplication, environ: WSGIEnvironment) -> bytes:
        """Call an application and return the whole body."""
        written: list[bytes] = []
        answered = app(environ, self._start(written))
        try:
            written.extend(answered)
        finally:
            if (close := getattr(answered, "close", None)) is not None:
                close()
        return b"".join(written)

    def _start(self, written: list[bytes]) -> Any:  # noqa: ANN401 -- StartResponse
        def start_response(
            status: str,
            headers: Headers,
            exc_info: object = None,  # noqa: ARG001 -- WSGI's
        ) -> Any:  # noqa: ANN401
            self.status, self.headers = status, headers
            written.clear()
            return written.append

        return start_response


def register_fast_path(app: Flask, settings: Settings) -> None:
    """Put the fast path in front of an application, unless it may keep nothing."""
    if settings.answer_cache_mib == 0:
        return
    open_blueprints: Collection[str] = app.extensions["policy-api"].open_blueprints

    @app.after_request
    def name(response: Response) -> Response:
        if request.blueprint in open_blueprints:
            request.environ[_OPEN_OPERATION] = str(request.endpoint).rpartition(".")[2]
        return response

    fast = FastPath(app.wsgi_app, flask=app, settings=settings)
    app.extensions[NAME] = fast
    app.wsgi_app = fast  # type: ignore[method-assign]


def fast_path_of(app: object) -> FastPath | None:
    """Return the fast path of an application, if it has one."""
    found = getattr(app, "extensions", {}).get(NAME)
    return found if isinstance(found, FastPath) else None
