"""Ed25519 signatures over chain heads, and the public keys that check them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from policy_api.errors import BadInput

CONTEXT = b"policy-api/release/v1\n"
"""Precedes what is signed, so that a signature means a release and nothing else."""

_OWNER_ONLY = 0o600
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that checks signatures."""

    raw: bytes
    """The 32 bytes of the Ed25519 public key."""

    def __post_init__(self) -> None:
        if len(self.raw) != _KEY_BYTES:
            raise BadInput("An Ed25519 public key has 32 bytes.")

    @property
    def key_id(self) -> str:
        """Name of the key, taken from the key itself so that no two can share one."""
        return hashlib.sha256(self.raw).hexdigest()[:16]

    def verifies(self, signature: str, *, chain_head: str) -> bool:
        """Tell whether the key's owner signed a chain head."""
        try:
            signed = _unbase64url(signature)
            message = CONTEXT + chain_head.encode("ascii")
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signed, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    def to_jwk(self) -> dict[str, str]:
        """Return the key as a JSON Web Key (RFC 8037)."""
        return {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": _base64url(self.raw),
            "kid": self.key_id,
            "use": "sig",
            "alg": "EdDSA",
        }

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, Any]) -> Self:
        """Read a JSON Web Key; the name in it is not believed but computed.

        :raises BadInput: If it is no Ed25519 key.
        """
        if (jwk.get("kty"), jwk.get("crv")) != ("OKP", "Ed25519"):
            raise BadInput("The key is not an Ed25519 key.")
        try:
            return cls(_unbase64url(str(jwk.get("x", ""))))
        except ValueError as error:
            raise BadInput(f"The key cannot be read: {error}.") from error


@dataclass(frozen=True, slots=True)
class Signer:
    """The private key of the publisher."""

    _key: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the key from a PEM file.

        :raises FileNotFoundError: If there is none.
        :raises BadInput: If the file holds something else.
        """
        try:
            key = load_pem_private_key(path.read_bytes(), password=None)
        except (ValueError, TypeError) as error:
            raise BadInput(f"{path.name} holds no readable private key.") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise BadInput(f"{path.name} holds a key of another kind than Ed25519.")
        return cls(key)

    @classmethod
    def create(cls, path: Path) -> Self:
        """Make a key and write it to a file that only its owner can read.

        :raises FileExistsError: Rather than overwrite a key that may have signed something.
        """
        key = Ed25519PrivateKey.generate()
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        with os.fdopen(descriptor, "wb") as file:
            # The process umask may take rights away but never adds any.
            os.fchmod(descriptor, _OWNER_ONLY)
            file.write(pem)
            file.flush()
            os.fsync(descriptor)
        return cls(key)

    @classmethod
    def load_or_create(cls, path: Path) -> Self:
        """Read the key, or make one where there is none yet."""
        try:
            return cls.load(path)
        except FileNotFoundError:
            return cls.create(path)

    @property
    def public_key(self) -> PublicKey:
        """The key that checks what this one signs."""
        return PublicKey(self._key.public_key().public_bytes_raw())

    def sign(self, chain_head: str) -> str:
        """Return the signature over a chain head, in base64url without padding."""
        return _base64url(self._key.sign(CONTEXT + chain_head.encode("ascii")))


def key_set(keys: Iterable[PublicKey]) -> dict[str, Any]:
    """Return the document behind ``/.well-known/policy-api-keys.json``."""
    return {"keys": [key.to_jwk() for key in keys]}


def keys_by_id(document: Mapping[str, Any]) -> dict[str, PublicKey]:
    """Read a key set.

    :raises BadInput: If it is none.
    """
    rows = document.get("keys")
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise BadInput("A key set is an object with a list of keys.")
    keys = [PublicKey.from_jwk(row) for row in rows]
    return {key.key_id: key for key in keys}


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _unbase64url(text: str) -> bytes:
    """Return the bytes of an unpadded base64url text.

    :raises ValueError: If it is none, or a sloppy spelling of one.
    """
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("the text is not base64url") from error
    if _base64url(raw) != text:
        raise ValueError("the text is not canonical base64url")
    return raw
