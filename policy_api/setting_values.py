"""What a single setting may say: one check per form, whose complaint never quotes a secret."""

from __future__ import annotations

import ipaddress
import re
from email.utils import parseaddr
from urllib.parse import urlsplit

from environs import ValidationError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

LONGEST_PAUSE = 7 * 86400
"""Seconds of a week."""

_MAIL_FROM = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
)


def with_driver(url: str) -> str:
    """Name the driver in a PostgreSQL address; providers hand out addresses without one."""
    scheme, separator, rest = url.partition("://")
    if scheme in {"postgres", "postgresql"}:
        return f"postgresql+psycopg{separator}{rest}"
    return url


def check_database_url(value: str) -> None:
    """Refuse what is no address of a database that this program can use."""
    # The address may hold a password, so no complaint quotes it.
    wrong = "Must be like sqlite:////srv/policy/policy-api.sqlite3 or postgresql://user@host/name."
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        raise ValidationError(wrong) from None
    if url.drivername not in {"sqlite", "postgres", "postgresql", "postgresql+psycopg"}:
        raise ValidationError(wrong)
    if url.drivername == "sqlite" and url.database in {None, "", ":memory:"}:
        raise ValidationError("A SQLite database needs a file that several processes can open.")


def members(value: str) -> tuple[str, ...]:
    """Split a list at its commas, forgiving spaces and empty members."""
    return tuple(member.strip() for member in value.split(",") if member.strip())


def check_networks(value: str) -> None:
    """Refuse what is no list of networks."""
    for member in members(value):
        try:
            ipaddress.ip_network(member)
        except ValueError:
            raise ValidationError(f"{member} is no network, like 10.20.0.0/16.") from None


def check_pauses(value: str) -> None:
    """Refuse what is no list of seconds."""
    for member in members(value):
        if not member.isdecimal() or not 1 <= int(member) <= LONGEST_PAUSE:
            raise ValidationError(f"{member} is no number of seconds from 1 to {LONGEST_PAUSE}.")


def check_hub(value: str) -> None:
    """Refuse what is no address of a hub."""
    try:
        parts = urlsplit(value)
        is_right = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_right = False
    if value and not is_right:
        raise ValidationError("Must be like https://hub.example.org/.")


def check_doorbell_url(value: str) -> None:
    """Refuse what is no address of a broker."""
    # The address may hold a password, so no complaint quotes it.
    wrong = "Must be like redis://broker.internal:6379/0 or amqp://user:password@broker.internal."
    try:
        parts = urlsplit(value)
        is_right = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise ValidationError(wrong) from None
    if value and not (is_right and parts.scheme in {"redis", "rediss", "amqp", "amqps"}):
        raise ValidationError(wrong)


def check_smtp_url(value: str) -> None:
    """Refuse what is no address of a mail server."""
    if not value:
        return
    # The address may hold a password, so no complaint quotes it.
    wrong = "Must be like smtp://mail.example.org:587 or smtps://mail.example.org."
    try:
        parts = urlsplit(value)
        is_right = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise ValidationError(wrong) from None
    known = {"smtp": {"", "tls=no"}, "smtps": {""}}
    if not is_right or parts.query not in known.get(parts.scheme, ()) or parts.path.strip("/"):
        raise ValidationError(wrong)
    if parts.query and parts.password:
        raise ValidationError("A password is never sent without encryption.")


def check_mail_from(value: str) -> None:
    """Refuse what is no sender."""
    _, address = parseaddr(value)
    if value and not (value.isprintable() and _MAIL_FROM.fullmatch(address)):
        raise ValidationError("Must be like Example <privacy@example.org>.")


def check_origin(value: str) -> None:
    """Refuse what is more or less than scheme and host."""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        raise ValidationError("Must be a scheme and a host, like https://example.org.")


def check_mount(value: str) -> None:
    """Refuse what is no prefix of a path as it stands in an address."""
    if not re.fullmatch(r"(?:/[A-Za-z0-9._~%-]+)*", value):
        raise ValidationError("Must be the beginning of a path, like /legal.")


def check_address(value: str) -> None:
    """Refuse what is no web address."""
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ValidationError("Must be an address, like https://api.example.org/purge.")
