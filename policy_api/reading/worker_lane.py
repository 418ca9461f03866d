"""Whole responses, ready for the wire, of answers that the usual way has given."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from gunicorn.config import Config
from gunicorn.http.wsgi import Response
from gunicorn.util import http_date

from policy_api import clock
from policy_api.reading.fast_path import (
    CANONICAL,
    KEPT,
    MAX_KEY,
    FastPath,
    Headers,
    Kept,
    coding_wish,
)
from policy_api.reading.fast_path_table import AnswerTable
from policy_api.reading.generation import Generation
from policy_api.reading.worker_requests import PlainRequest, RequestReader
from policy_api.web.negotiation import MAX_HEADER

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_DATE: Final = "Date: "

MAX_REMEMBERED: Final = 1024
REMEMBERED_BYTES: Final = 768
"""Heads of requests that are read once, if they come again: at most 1 MB of them."""


@dataclass(slots=True)
class Head:
    """The head of a response, of which only the date is not settled."""

    before: bytes
    after: bytes
    _dated: tuple[int, bytes] = field(default=(-1, b""))

    def at(self, second: int) -> bytes:
        """Return the head with the date of a second."""
        if self._dated[0] != second:
            self._dated = (second, self.before + _date(second) + self.after)
        return self._dated[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A kept answer in the bytes that gunicorn would send."""

    kept: Kept
    tag: bytes
    full: Head
    unchanged: Head


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a plain request is about, as the table knows it."""

    is_head: bool
    tag: bytes | None
    address: Hashable
    language: str
    coding: Hashable


@dataclass(slots=True, kw_only=True)
class Sent:
    """What goes to a client, and what the logs say of it."""

    whole: Whole
    is_unchanged: bool
    head: bytes
    body: bytes


class Lane:
    """Answers plain requests from bytes, and learns those bytes from the usual way."""

    def __init__(self, fast: FastPath, cfg: Config) -> None:
        self._fast, self._cfg = fast, cfg
        self._table: AnswerTable[Whole] = AnswerTable(fast.max_bytes)
        self._reader = RequestReader()
        self._heads: dict[bytes, Asked] = {}
        self._moment: tuple[Generation | None, int] | None = None

    def begin(self) -> None:
        """Begin with requests that have arrived by now; the first plain one asks what counts."""
        self._moment = None

    def answer(self, received: bytes) -> Sent | None:
        """Return the response to what was received, or None where the usual way has to find it."""
        asked = self._heads.get(received) or self._read(received)
        if asked is None:
            return None
        generation, second = self._moment or self._look()
        if generation is None:
            return None
        whole = self._table.find(
            generation, asked.address, language=asked.language, coding=asked.coding
        )
        if whole is None or not whole.kept.is_due(second):
            return None
        if asked.tag == whole.tag:
            return Sent(whole=whole, is_unchanged=True, head=whole.unchanged.at(second), body=b"")
        body = b"" if asked.is_head else whole.kept.body
        return Sent(whole=whole, is_unchanged=False, head=whole.full.at(second), body=body)

    def recording(self, app: WSGIApplication) -> WSGIApplication:
        """Return an application that answers like another one and lets the lane learn from it."""

        def recorded(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            # On the way in nothing has rewritten the environment yet.
            learn = self._learner(environ)
            answered = app(environ, start_response)
            kept = environ.get(KEPT)
            if isinstance(kept, Kept):
                learn(kept)
            return answered

        return recorded

    def count(self, sent: Sent, *, method: str, started: float) -> None:
        """Count a response, as the usual way would have."""
        self._fast.count(sent.whole.kept, method, is_unchanged=sent.is_unchanged, started=started)

    def _read(self, received: bytes) -> Asked | None:
        """Read a request, and remember what it was about: many clients send the same bytes."""
        request = self._reader.read(received)
        if request is None or len(request.encoding or b"") > MAX_HEADER:
            return None
        asked = Asked(
            is_head=request.is_head,
            tag=request.tag,
            address=self._address(request),
            language=(request.language or b"").decode("latin-1"),
            coding=_wish(request.encoding),
        )
        if len(received) <= REMEMBERED_BYTES:
            if len(self._heads) >= MAX_REMEMBERED:
                self._heads.clear()
            self._heads[received] = asked
        return asked

    def _look(self) -> tuple[Generation | None, int]:
        self._moment = (self._fast.check.current(), clock.second())
        return self._moment

    def _learner(self, environ: WSGIEnvironment) -> Callable[[Kept], None]:
        """Note what selects the answer to a request, for when it is there."""
        request = PlainRequest(
            is_head=environ["REQUEST_METHOD"] == "HEAD",
            target=_bytes(environ.get("RAW_URI")) or b"",
            host=_bytes(environ.get("HTTP_HOST")) or b"",
            language=_bytes(environ.get("HTTP_ACCEPT_LANGUAGE")),
            encoding=_bytes(environ.get("HTTP_ACCEPT_ENCODING")),
            proto=_bytes(environ.get("HTTP_X_FORWARDED_PROTO")),
            forwarded_host=_bytes(environ.get("HTTP_X_FORWARDED_HOST")),
        )
        is_usual = environ["wsgi.url_scheme"] == "http" and len(request.target) <= MAX_KEY

        def learn(kept: Kept) -> None:
            if is_usual:
                self._learn(request, kept)

        return learn

    def _learn(self, request: PlainRequest, kept: Kept) -> None:
        language = (request.language or b"").decode("latin-1")
        address, coding = self._address(request), _wish(request.encoding)
        found = self._table.find(kept.generation, address, language=language, coding=coding)
        if found is not None and found.kept is kept:
            return
        whole = Whole(
            kept=kept,
            tag=kept.tag.encode("latin-1"),
            full=self._head("200 OK", kept.headers),
            unchanged=self._head("304 NOT MODIFIED", kept.unchanged),
        )
        self._table.keep(
            kept.generation,
            address,
            whole,
            language=language if kept.negotiated else None,
            coding=coding,
            size=2 * kept.size - len(kept.body),
        )

    def _address(self, request: PlainRequest) -> Hashable:
        is_canonical = request.target.startswith(CANONICAL.encode()) and not self._fast.host_matters
        return (
            request.target,
            None if is_canonical else request.host,
            request.proto if self._fast.believes_proto else None,
            request.forwarded_host if self._fast.believes_host else None,
        )

    def _head(self, status: str, headers: Headers) -> Head:
        """Let gunicorn write a head, and cut it where the date stands."""
        response = Response(_Plain(), None, self._cfg)  # type: ignore[arg-type]
        response.start_response(status, headers)
        lines = [*response.default_headers(), *(f"{n}: {v}\r\n" for n, v in response.headers)]
        place = next(place for place, line in enumerate(lines) if line.startswith(_DATE))
        before = "".join(lines[:place]) + _DATE
        after = "".join(["\r\n", *lines[place + 1 :], "\r\n"])
        return Head(before.encode("latin-1"), after.encode("latin-1"))


class _Plain:
    """What gunicorn's response must know of a request: one that leaves the connection open."""

    version = (1, 1)
    method = "GET"

    def should_close(self) -> bool:
        """Tell that the connection stays."""
        return False


@lru_cache(maxsize=4)
def _date(second: int) -> bytes:
    return bytes(http_date(second), "latin-1")


@lru_cache(maxsize=512)
def _wish(encoding: bytes | None) -> Any:  # noqa: ANN401 -- a part of a key
    return coding_wish(None if encoding is None else encoding.decode("latin-1"))


def _bytes(value: Any) -> bytes | None:  # noqa: ANN401 -- from an environment
    return None if value is None else str(value).encode("latin-1")
