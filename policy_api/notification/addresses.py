"""Mail addresses: one spelling, found again by a keyed digest, readable with the key alone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import re
from dataclasses import dataclass, field

import idna
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from policy_api.errors import BadInput, Problem
from policy_api.notification.secrets import Vault

PURPOSE = b"policy-api mail 1 "
KEY_BYTES = 32
MAX_LOCAL = 64
MAX_ADDRESS = 254
V4_PREFIX, V6_PREFIX = 24, 56
"""What one client is taken to own: a household or an office, not one machine."""

# Quoted local parts and address literals are legal and in nobody's use but an attacker's.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Address:
    """A mail address in the spelling in which it is written to."""

    local: str = field(repr=False)
    domain: str

    @classmethod
    def parse(cls, written: str) -> Address:
        """Read an address as a person types it.

        :raises BadInput: If no mail can be sent to it.
        """
        local, sign, domain = written.strip(" ").rpartition("@")
        if not sign or len(local) > MAX_LOCAL or not _LOCAL.fullmatch(local):
            raise _not_an_address()
        try:
            host = idna.encode(domain, uts46=True).decode().lower()
        except (idna.IDNAError, UnicodeError):
            raise _not_an_address() from None
        labels = host.split(".")
        is_name = len(labels) > 1 and not labels[-1].isdigit()
        if not is_name or not all(map(_LABEL.fullmatch, labels)):
            raise _not_an_address()
        if len(local) + len(host) >= MAX_ADDRESS:
            raise _not_an_address()
        return cls(local, host)

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"

    @property
    def alike(self) -> str:
        """The address without what hardly any provider tells apart: upper and lower case."""
        return f"{self.local.lower()}@{self.domain}"

    @property
    def mailbox(self) -> str:
        """The mailbox that most likely gets it: without what stands behind a ``+``."""
        local = self.local.lower().partition("+")[0] or self.local.lower()
        return f"{local}@{self.domain}"


class MailKeys:
    """What is derived from the secret key for mails; another key forgets all addresses."""

    def __init__(self, secret_key: str) -> None:
        self._digests = _derived(secret_key, b"digests")
        self._links = _derived(secret_key, b"links")
        self._vault = Vault(secret_key)

    def digest(self, address: Address) -> str:
        """Return what finds an address again and tells nobody without the key what it is."""
        return self._keyed("address", address.alike)

    def mailbox_digest(self, address: Address) -> str:
        """Return the same of the mailbox behind an address, for limits."""
        return self._keyed("mailbox", address.mailbox)

    def client_digest(self, remote: str) -> str:
        """Return the same of the network that a client is in."""
        return self._keyed("client", network(remote))

    def seal(self, address: Address, *, owner: str) -> bytes:
        """Return an address as it is stored for one subscription."""
        return self._vault.seal(str(address).encode(), owner=_row(owner))

    def open(self, sealed: bytes, *, owner: str) -> Address:
        """Return an address in the clear.

        :raises Unavailable: If it was sealed with another secret key.
        """
        local, _, domain = self._vault.open(sealed, owner=_row(owner)).decode().rpartition("@")
        return Address(local, domain)

    def token(self, owner: str) -> str:
        """Return the secret of a subscription's links: made anew for each mail, never stored."""
        raw = hmac.digest(self._links, owner.encode(), "sha256")
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    def _keyed(self, kind: str, text: str) -> str:
        return hmac.digest(self._digests, f"{kind}\n{text}".encode(), "sha256").hex()


def token_digest(token: str) -> str:
    """Return what is stored of the secret in a link."""
    return hashlib.sha256(token.encode()).hexdigest()


def network(remote: str) -> str:
    """Return the network around a client's address."""
    try:
        address = ipaddress.ip_address(remote.partition("%")[0])
    except ValueError:
        return "unknown"
    plain = getattr(address, "ipv4_mapped", None) or address
    length = V4_PREFIX if isinstance(plain, ipaddress.IPv4Address) else V6_PREFIX
    return str(ipaddress.ip_network(f"{plain}/{length}", strict=False))


def _derived(secret_key: str, part: bytes) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=PURPOSE + part)
    return derivation.derive(secret_key.encode())


def _row(owner: str) -> str:
    return f"mail/{owner}"


def _not_an_address() -> BadInput:
    return BadInput(problems=[Problem("It is no mail address.", pointer="/email")])
