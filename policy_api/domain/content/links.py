"""Which addresses a text may link to, and which a field may hold."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from policy_api.domain.content.limits import URL_LENGTH

_NEVER = re.compile('[\x00-\x20\x7f-\xa0\\\\<>"\u2028\u2029\ufeff]')
_TURNING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ANCHOR = re.compile(r"#[\w%.-]{1,200}")
_TELEPHONE = re.compile(r"tel:\+?[0-9A-Za-z().;=*,-]{1,60}", re.ASCII)
_MAILBOX = re.compile(r"mailto:[^@?]{1,200}@[^@?]{1,253}(?:\?.{0,500})?")
_HOST_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?", re.ASCII | re.IGNORECASE)


def https_url(text: str) -> str | None:
    """Return an address if it is an absolute https one without a user name, else None."""
    if len(text) > URL_LENGTH or _NEVER.search(text) or _TURNING.search(unquote(text)):
        return None
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme != "https" or not host or "@" in parts.netloc or port == 0:
        return None
    return text if _is_host(host) else None


def is_link(text: str) -> bool:
    """Tell whether a text may link there: https, mailto, tel, or an anchor on the same page.

    Characters that turn the reading direction or end a line are refused in every spelling,
    because they make an address look like another one.
    """
    if text.startswith("https:"):
        return https_url(text) is not None
    if len(text) > URL_LENGTH or _NEVER.search(text) or _TURNING.search(unquote(text)):
        return False
    return any(form.fullmatch(text) for form in (_ANCHOR, _TELEPHONE, _MAILBOX))


def _is_host(host: str) -> bool:
    """Tell whether a host is a name or an address; others' scripts count in their ASCII form."""
    try:
        ascii_host = host.encode("idna").decode("ascii")
    except UnicodeError:
        return False
    labels = ascii_host.removesuffix(".").split(".")
    return all(_HOST_LABEL.fullmatch(label) for label in labels)
