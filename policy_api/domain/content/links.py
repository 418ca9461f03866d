"""Which addresses a text may link to, and which a field may hold: hosts, URLs, mail, phones."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

import idna

from policy_api.domain.content.limits import HOST_LENGTH, URL_LENGTH

_NEVER = re.compile('[\x00-\x20\x7f-\xa0\\\\<>"\u2028\u2029\ufeff]')
_TURNING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ANCHOR = re.compile(r"#[\w%.-]{1,200}")
_TELEPHONE = re.compile(r"tel:\+?[0-9A-Za-z().;=*,-]{1,60}", re.ASCII)
_MAILBOX = re.compile(r"mailto:[^@?]{1,200}@[^@?]{1,253}(?:\?.{0,500})?")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.ASCII)
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`|~-]{1,64}", re.ASCII)
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{2,38}", re.ASCII)


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
    return text if ascii_host(host) else None


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


def is_host(text: str) -> bool:
    """Tell whether a text is a host name in the form in which hosts are compared."""
    if len(text) > HOST_LENGTH or not _HOST.fullmatch(text) or text.rpartition(".")[2].isdigit():
        return False
    return "--" not in text or ascii_host(text) == text


def ascii_host(text: str) -> str | None:
    """Return the ASCII form of a host name in any script and case, or None."""
    if not 0 < len(text) <= HOST_LENGTH:
        return None
    try:
        encoded = idna.encode(text, uts46=True).decode("ascii")
        idna.decode(encoded)
    except (idna.IDNAError, UnicodeError):
        return None
    return encoded if _HOST.fullmatch(encoded) else None


def is_email(text: str) -> bool:
    """Tell whether a text is an e-mail address that ordinary mail programs take."""
    mailbox, at, host = text.rpartition("@")
    dots = mailbox.startswith(".") or mailbox.endswith(".") or ".." in mailbox
    named = bool(at) and "." in host and is_host(host.lower())
    return named and not dots and _EMAIL.fullmatch(mailbox) is not None


def is_phone(text: str) -> bool:
    """Tell whether a text is a telephone number."""
    return _PHONE.fullmatch(text) is not None
