"""Placeholders: declared, typed variables in texts, such as ``{site.name}``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final
from urllib.parse import quote

from policy_api.domain.content.keys import KEY_PATTERN
from policy_api.domain.content.links import https_url, is_email, is_phone

TYPES: Final = ("text", "url", "email", "phone", "date")
"""What a declared placeholder can stand for."""

BUILT_IN: Final[Mapping[str, str]] = {
    "site.key": "text",
    "site.name": "text",
    "site.host": "text",
    "organization.name": "text",
    "organization.legal_name": "text",
    "organization.legal_representative": "text",
}
"""Placeholders that every policy has, with their types; contacts give more."""

CONTACT_FIELDS: Final[Mapping[str, str]] = {
    "email": "email",
    "phone": "phone",
    "url": "url",
    "name": "text",
}
"""Fields of a contact that can stand in a text, with their types."""

DECLARED_FORM: Final = "site.some_name or organization.some_name"
"""What the name of a declared placeholder looks like."""

_NAME = r"[A-Za-z_][A-Za-z0-9_-]{0,62}(?:\.[A-Za-z0-9_-]{1,63}){0,4}"
_MENTION = re.compile(rf"\\[\\{{}}]|\{{(?P<name>{_NAME})\}}", re.ASCII)
_DECLARED = re.compile(r"(?:site|organization)\.[a-z][a-z0-9_-]{0,62}", re.ASCII)
_CONTACT = re.compile(rf"contact\.({KEY_PATTERN})\.(email|phone|url|name)", re.ASCII)
_MARKUP = re.compile(r"[\\`*_\[\]<>&#|~!()]")
_OPENING = re.compile(r"[-+=.]")
_NUMBER = re.compile(r"[0-9]+(?=\.)")
_IN_ADDRESSES = "%:/?#[]@!$&'()*+,;=~-._"


def names(text: str) -> tuple[str, ...]:
    r"""Return the placeholders of a text, each once, in order; ``\{`` begins none."""
    if "{" not in text:
        return ()
    found = (match["name"] for match in _MENTION.finditer(text))
    return tuple(dict.fromkeys(name for name in found if name is not None))


def fill(text: str, values: Mapping[str, str], *, form: str) -> str:
    """Return a text with its placeholders filled; those without a value stay as they are.

    Values are data: whatever they hold, they make no markup and no other address.

    :param form: ``markdown``, ``line`` or ``url``: how a value must be escaped.
    """
    if "{" not in text and "\\" not in text:
        return text
    escape = _ESCAPES[form]

    def filled(match: re.Match[str]) -> str:
        name = match["name"]
        if name is None:
            return _literal(match[0], form)
        value = values.get(name)
        if value is None:
            return match[0]
        return escape(" ".join(value.split()), match.start() == 0)

    return _MENTION.sub(filled, text)


def sample(template: str) -> str:
    """Return an address with its placeholders filled by something harmless."""
    whole = _MENTION.match(template)
    if whole is not None and whole["name"] is not None:
        template = "https://example.org" + template[whole.end() :]
    return _MENTION.sub(lambda match: "example" if match["name"] else match[0], template)


def leading_name(template: str) -> str | None:
    """Return the placeholder with which an address begins, or None."""
    match = _MENTION.match(template)
    return None if match is None else match["name"]


def is_declarable(name: str) -> bool:
    """Tell whether a policy may declare a placeholder of that name."""
    return _DECLARED.fullmatch(name) is not None and name not in BUILT_IN


def contact_of(name: str) -> tuple[str, str] | None:
    """Return contact key and field of a placeholder such as ``contact.dpo.email``, or None."""
    match = _CONTACT.fullmatch(name)
    return None if match is None else (match[1], match[2])


def check_value(kind: str, value: str) -> None:
    """Refuse a value that is not of a placeholder's type.

    :param kind: One of ``TYPES``.
    :raises ValueError: With what would be right.
    """
    reason = _CHECKS[kind](value)
    if reason is not None:
        raise ValueError(reason)


def _literal(escape: str, form: str) -> str:
    if form == "markdown" or escape == "\\\\":
        return escape
    return escape[1]


def _markdown(value: str, _leading: object) -> str:
    """Escape what Markdown could take as markup, at the start of a line or inside one."""
    escaped = _MARKUP.sub(r"\\\g<0>", value)
    number = _NUMBER.match(escaped)
    if number is not None:
        return f"{number[0]}\\{escaped[number.end() :]}"
    return f"\\{escaped}" if _OPENING.match(escaped) else escaped


def _line(value: str, _leading: object) -> str:
    return value


def _url(value: str, leading: object) -> str:
    """Percent-encode a value; only at the start may it bring an address of its own."""
    return quote(value, safe=_IN_ADDRESSES if leading else "")


_ESCAPES: Final[Mapping[str, Callable[[str, object], str]]] = {
    "markdown": _markdown,
    "line": _line,
    "url": _url,
}


def _no_reason(_value: str) -> str | None:
    return None


def _url_reason(value: str) -> str | None:
    return None if https_url(value) else "an https address, such as https://example.org/form"


def _email_reason(value: str) -> str | None:
    return None if is_email(value) else "an e-mail address, such as privacy@example.org"


def _phone_reason(value: str) -> str | None:
    return None if is_phone(value) else "a telephone number, such as +49 40 123456"


def _date_reason(value: str) -> str | None:
    try:
        parsed = date.fromisoformat(value)
    except ValueError:
        parsed = None
    fits = parsed is not None and parsed.isoformat() == value
    return None if fits else "a date, such as 2026-03-01"


_CHECKS: Final[Mapping[str, Callable[[str], str | None]]] = {
    "text": _no_reason,
    "url": _url_reason,
    "email": _email_reason,
    "phone": _phone_reason,
    "date": _date_reason,
}
