"""The one spelling of a host name, and which host a request was sent to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import idna

from policy_api.errors import N_, PolicyError

MAX_NAME: Final = 253
MAX_PORT: Final = 65535

_AUTHORITY = re.compile(r"(?P<name>[^\s@:/?#\[\]\\,%]+)(?::(?P<port>[0-9]{0,5}))?")
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*://", re.ASCII | re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)


class BadHost(PolicyError):
    """The request does not say in an acceptable form which host it is meant for."""

    slug, title, status = "bad-host", N_("The host is not valid"), 400


def canonical_host(written: str) -> str | None:
    """Return a host in lower case and as A-labels, without port and trailing dot.

    Anything else that could hide in the place of a host (user names, lists, literals in
    brackets, white space, a second dot at the end) gives None.

    >>> canonical_host("Forum.Example.ORG.:8443")
    'forum.example.org'
    """
    match = _AUTHORITY.fullmatch(written)
    if match is None or int(match["port"] or 0) > MAX_PORT:
        return None
    name = match["name"].lower().removesuffix(".")
    if not name.isascii():
        name = _a_labels(name)
    if not 0 < len(name) <= MAX_NAME or not all(map(_LABEL.fullmatch, name.split("."))):
        return None
    return name


def request_host(environ: Mapping[str, Any]) -> str:
    """Return the canonical host a request was sent to.

    Only the Host header counts, never the server's own name. A request target in absolute form
    must name the same host, or two servers on the way could disagree about whose page this is.

    :raises BadHost: If the header is absent, malformed or contradicted.
    """
    host = canonical_host(_decoded(environ.get("HTTP_HOST", "")))
    if host is None:
        raise BadHost("The Host header must hold one host name.")
    target = str(environ.get("RAW_URI") or environ.get("REQUEST_URI") or "")
    if _ABSOLUTE.match(target) and canonical_host(_authority(target)) != host:
        raise BadHost("The request target names another host than the Host header.")
    return host


def _authority(target: str) -> str:
    try:
        return urlsplit(target).netloc
    except ValueError:
        return ""


def _decoded(header: str) -> str:
    """Undo the Latin-1 of WSGI for the rare client that sends a name in UTF-8."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return ""


def _a_labels(name: str) -> str:
    try:
        return idna.encode(name, uts46=True, std3_rules=True).decode("ascii")
    except idna.IDNAError:
        return ""
