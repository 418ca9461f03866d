"""Keep outgoing requests out of networks that are none of the subscriber's business.

The address is checked on the socket that is about to be dialled, so it does not matter what a name
resolved to a moment before. The tables are explicit: Python's ``is_global`` lets a third of the
dangerous addresses through.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

import idna

from policy_api.errors import BadInput, Problem
from policy_api.settings import Settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MAX_URL_BYTES = 2048
MAX_LABEL = 63
MAX_HOST = 253
LAST_PORT = 65535
REMEMBERED = 4096
FIRST_OPEN_PORT = 1024
"""Below it, services live that a POST could be mistaken by; only those of HTTP may be named."""

_DENIED_V4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",
        ),
    )
)
_ALLOWED_V6 = ipaddress.IPv6Network("2000::/3")
_DENIED_V6 = tuple(
    map(
        ipaddress.IPv6Network,
        ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "2620:4f:8000::/48"),
    )
)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_PLAIN_URL = re.compile(
    r"(https?)://((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?)"
    r"(?::([1-9][0-9]{0,4}))?/[\x21\x22\x24-\x5b\x5d-\x7e]*"
)
"""A full name in lower case, perhaps a port, and a path without a fragment."""

_PRINTABLE = re.compile(r"[\x21-\x5b\x5d-\x7e]+")


class DeniedAddress(OSError):
    """A name led to an address that is off limits."""


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the open Internet's."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _DENIED_V4)
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    return address in _ALLOWED_V6 and not any(address in network for network in _DENIED_V6)


@dataclass(frozen=True, slots=True)
class Guard:
    """What may be dialled here."""

    allowed: tuple[Network, ...] = ()
    """Networks of the operator's own that subscribers may live in; never names."""

    denied: tuple[Network, ...] = ()
    """Networks off limits though they are part of the open Internet."""

    allow_http: bool = False
    _verdicts: dict[str, bool] = field(default_factory=dict, init=False, repr=False, compare=False)
    """On the addresses dialled lately: every event goes to the same ones."""

    @classmethod
    def of(cls, settings: Settings) -> Guard:
        """Return the guard an operator asked for."""
        return cls(
            allowed=tuple(map(ipaddress.ip_network, settings.webhook_allowed_networks)),
            denied=tuple(map(ipaddress.ip_network, settings.webhook_denied_networks)),
            allow_http=settings.webhook_allow_http,
        )

    def may_dial(self, address: Address) -> bool:
        """Tell whether a connection to an address may be tried."""
        plain = getattr(address, "ipv4_mapped", None) or address
        if _is_in(plain, self.denied):
            return False
        return is_public(plain) or _is_in(plain, self.allowed)

    def open_socket(self, addr_info: tuple[Any, ...]) -> socket.socket:
        """Return a socket for one address, or none at all: what is off limits gets no packet.

        :raises DeniedAddress: If the address is off limits.
        """
        family, kind, protocol, _, place = addr_info
        if not self._may_dial(str(place[0])):
            raise DeniedAddress(f"{place[0]} is off limits.")
        return socket.socket(family=family, type=kind, proto=protocol)

    def _may_dial(self, text: str) -> bool:
        verdict = self._verdicts.get(text)
        if verdict is None:
            if len(self._verdicts) >= REMEMBERED:
                self._verdicts.clear()
            verdict = self._verdicts[text] = self.may_dial(_address(text))
        return verdict

    def checked_url(self, url: str) -> str:
        """Return a URL as it may be kept: with its host in lower-case A-labels.

        :raises BadInput: With what is wrong about it.
        """
        if self._is_plain_url(url):
            return url
        if len(url.encode("utf-8", "replace")) > MAX_URL_BYTES:
            raise _bad(f"It is longer than {MAX_URL_BYTES} bytes.")
        parts = _split(url)
        for problem in self._problems(url, parts):
            raise _bad(problem)
        host = self._host(parts.hostname or "")
        port = "" if parts.port is None else f":{parts.port}"
        netloc = f"[{host}]{port}" if ":" in host else f"{host}{port}"
        return parts._replace(netloc=netloc, path=parts.path or "/").geturl()

    def _is_plain_url(self, url: str) -> bool:
        """Tell whether a URL is beyond doubt, as most are; it is looked at at every attempt."""
        found = _PLAIN_URL.fullmatch(url)
        if found is None or len(url) > MAX_URL_BYTES:
            return False
        scheme, host, port = found.groups()
        return (
            scheme in self._schemes()
            and len(host) <= MAX_HOST
            and "xn--" not in host
            and (port is None or (int(port) <= LAST_PORT and not self._port_problem(int(port))))
        )

    def _problems(self, url: str, parts: SplitResult) -> Iterator[str]:
        if parts.scheme not in self._schemes():
            yield "It must start with https://."
        if "@" in parts.netloc:
            yield "It must not hold a user name or a password."
        if parts.fragment or url.endswith("#"):
            yield "It must not have a fragment."
        if not _PRINTABLE.fullmatch(f"{parts.path}{parts.query}-"):
            yield "Its path holds characters that must be percent-encoded."
        if problem := self._port_problem(parts.port):
            yield problem

    def _port_problem(self, port: int | None) -> str:
        usual = {443, 80} if self.allow_http else {443}
        if port is None or port in usual or port >= FIRST_OPEN_PORT:
            return ""
        return f"Port {port} is not for webhooks."

    def _schemes(self) -> set[str]:
        return {"https", "http"} if self.allow_http else {"https"}

    def _host(self, host: str) -> str:
        literal = _literal(host)
        if literal is not None:
            if not self.may_dial(literal):
                raise _bad("Its address is off limits.")
            return str(literal)
        try:
            name = host if _is_plain(host) else idna.encode(host, uts46=True).decode().lower()
        except (idna.IDNAError, UnicodeError):
            raise _bad("Its host is no valid name.") from None
        labels = name.split(".")
        if not all(_LABEL.fullmatch(label) and len(label) <= MAX_LABEL for label in labels):
            raise _bad("Its host is no valid name.")
        # 127.1 and 0x7f.1 are numbers to a resolver, though they look like names.
        if len(name) > MAX_HOST or not labels[-1].strip("0123456789") or labels[-1][:2] == "0x":
            raise _bad("Its host is no valid name.")
        if len(labels) == 1 and not self.allowed:
            raise _bad("Its host must be a full name, with a dot.")
        return name


def host_of(url: str) -> str:
    """Return the host of a URL that was checked once."""
    found = _PLAIN_URL.fullmatch(url)
    return found[2] if found else urlsplit(url).hostname or ""


def _split(url: str) -> SplitResult:
    """Split a URL, unless something in it would be read in two ways."""
    try:
        parts = urlsplit(url)
        is_clear = bool(parts.hostname) and parts.port != 0 and not parts.netloc.endswith(":")
    except ValueError:
        is_clear = False
    # urlsplit would silently drop tabs and newlines, and browsers read \\ as /.
    if not is_clear or re.search(r"[\x00-\x20\x7f\\]", url):
        raise _bad("It is no URL.")
    return parts


def _is_plain(host: str) -> bool:
    """Tell whether a name needs no translation, which takes longer than everything else."""
    return "xn--" not in host and all(_LABEL.fullmatch(label) for label in host.split("."))


def _literal(host: str) -> Address | None:
    """Return the address a host spells out, in the one canonical spelling only."""
    if not _is_literal(host):
        return None
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    if "%" in host:
        raise _bad("Its address must not name a zone.")
    return address


def _is_in(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address in each for each in networks if each.version == address.version)


def _address(text: str) -> Address:
    return ipaddress.ip_address(text.partition("%")[0])


def _bad(detail: str) -> BadInput:
    return BadInput(problems=[Problem(detail, pointer="/url")])


_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "go", "gov", "ne", "net", "or", "org"})
_COUNTRY = 2


def registrable(host: str) -> str:
    """Return the part of a host name that somebody registered, roughly.

    Without the list of public suffixes: where a country sells below ``co.``, ``com.`` and the like,
    one label more is taken. Too wide an answer only makes a limit stricter.
    """
    if _is_literal(host):
        return host
    labels = host.rsplit(".", 3)
    is_deep = len(labels[-1]) == _COUNTRY and len(labels) > _COUNTRY and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3:] if is_deep else labels[-2:])


def _is_literal(host: str) -> bool:
    """Tell whether a host may be an address; asking Python's parser takes as long as a request."""
    return ":" in host or host.rpartition(".")[2].isdecimal()
