"""From finished bytes to an HTTP answer: validators, 304, coding, cache lifetime."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Final

from flask import Response, request
from werkzeug.exceptions import NotAcceptable
from werkzeug.http import http_date
from werkzeug.utils import get_content_type

from policy_api.errors import PreconditionFailed
from policy_api.web.compression import MIN_BYTES
from policy_api.web.negotiation import Coding, coding
from policy_api.web.state import state

JSON: Final = "application/json"
YEAR_SECONDS: Final = 31536000
_CONDITIONS: Final = frozenset(
    {
        "HTTP_IF_MATCH",
        "HTTP_IF_MODIFIED_SINCE",
        "HTTP_IF_NONE_MATCH",
        "HTTP_IF_RANGE",
        "HTTP_IF_UNMODIFIED_SINCE",
        "HTTP_RANGE",
    }
)
PACKED: Final = "packed"
"""What the tag of a body says that was compressed as strongly as can be."""

ETAG_DIGITS: Final = 32
"""128 bits: no two bodies of one address will ever share them by accident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetime:
    """How long caches may keep an answer."""

    max_age: int = 0
    stale: int = 0
    """Seconds after that, during which a cache may answer while it asks again."""

    immutable: bool = False

    def __str__(self) -> str:
        if self.immutable:
            return f"public, max-age={YEAR_SECONDS}, immutable"
        stale = f", stale-while-revalidate={self.stale}" if self.stale else ""
        return f"public, max-age={self.max_age}{stale}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a reader gets, before it is fitted to the request."""

    body: bytes
    media_type: str = JSON
    lifetime: Lifetime = field(default_factory=Lifetime)
    modified: datetime | None = None

    language: str | None = None
    """Language of the body, where it has one."""

    negotiated: bool = False
    """Whether Accept-Language took part in choosing the body."""

    tags: tuple[str, ...] = ()
    """Names under which a shared cache can be told to drop the answer."""

    headers: Mapping[str, str] = field(default_factory=dict)


def respond(answer: Answer) -> Response:
    """Return the answer in the coding the request wants, or a 304 if it has it already.

    :raises NotAcceptable: If the request refuses every coding and the plain body too.
    :raises PreconditionFailed: If the request has an ``If-Match`` that does not match.
    """
    chosen = _coding(answer.body)
    digest = hashlib.sha256(answer.body).hexdigest()[:ETAG_DIGITS]
    body, tag = _coded(answer, digest=digest, coding=chosen)
    headers = _headers(answer)
    if chosen is not Coding.IDENTITY:
        headers["Content-Encoding"] = chosen.value
    headers["ETag"] = f'"{tag}"'
    if answer.modified is not None:
        headers["Last-Modified"] = http_date(answer.modified)
    headers["Content-Length"] = str(len(body))
    # Given at once; Werkzeug looks through all of them for each that is set later.
    response = Response(body, headers=[*headers.items()])
    if not _CONDITIONS.isdisjoint(request.environ):
        response.make_conditional(request.environ)
        # Every server writes one of its own, and a second one is one too many.
        response.headers.pop("Date", None)
    if response.status_code == HTTPStatus.PRECONDITION_FAILED:
        raise PreconditionFailed
    return response


def _coding(body: bytes) -> Coding:
    """Return the coding for a body; a small one stays as it is, unless that was refused."""
    header = request.headers.get("Accept-Encoding")
    plain = coding(header, offered=[Coding.IDENTITY]) if len(body) < MIN_BYTES else None
    chosen = plain or coding(header)
    if chosen is None:
        raise NotAcceptable
    return chosen


def _coded(answer: Answer, *, digest: str, coding: Coding) -> tuple[bytes, str]:
    """Return the body in a coding and its tag: each strength of a coding has a tag of its own."""
    if coding is Coding.IDENTITY:
        return answer.body, digest
    # What is in force is packed, and that is no answer that never changes.
    if answer.media_type == JSON and not answer.lifetime.immutable:
        packed = state().find_packed(digest, coding.value)
        if packed is not None:
            return packed, f"{digest}-{coding}-{PACKED}"
    return state().compressed.get(answer.body, digest=digest, coding=coding), f"{digest}-{coding}"


def _headers(answer: Answer) -> dict[str, str]:
    """Return the headers that do not depend on the coding."""
    vary = ["Accept-Encoding", *(["Accept-Language"] if answer.negotiated else [])]
    headers = {
        "Content-Type": _content_type(answer.media_type),
        "Cache-Control": str(answer.lifetime),
        "Vary": ", ".join(vary),
    }
    if answer.language:
        headers["Content-Language"] = answer.language
    if answer.tags:
        headers["Surrogate-Key"] = " ".join(answer.tags)
        headers["Cache-Tag"] = ",".join(answer.tags)
    return {**headers, **answer.headers}


@lru_cache(maxsize=16)
def _content_type(media_type: str) -> str:
    """Return a type with its charset, which JSON says too."""
    if media_type == JSON:
        return f"{JSON}; charset=utf-8"
    return get_content_type(media_type, "utf-8")
