"""Secrets at rest: encrypted with a key from the environment, each bound to its own row."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from policy_api.errors import Unavailable

PURPOSE = b"policy-api notification secrets 1"
KEY_BYTES = 32
NONCE_BYTES = 12
FORMAT = b"\x01"
"""First byte of what is stored, so that a later format can be told apart."""


class Vault:
    """Seals and opens secrets."""

    def __init__(self, secret_key: str) -> None:
        derivation = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=PURPOSE)
        self._cipher = AESGCM(derivation.derive(secret_key.encode()))

    def seal(self, raw: bytes, *, owner: str) -> bytes:
        """Return a secret as it may be stored.

        :param owner: The row it belongs to; in another row it cannot be opened.
        """
        nonce = os.urandom(NONCE_BYTES)
        return FORMAT + nonce + self._cipher.encrypt(nonce, raw, owner.encode())

    def open(self, sealed: bytes, *, owner: str) -> bytes:
        """Return a secret in the clear.

        :raises Unavailable: If it was sealed with another key, for another row, or is damaged.
        """
        start = len(FORMAT)
        nonce, rest = sealed[start : start + NONCE_BYTES], sealed[start + NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, rest, owner.encode())
        except (InvalidTag, ValueError) as error:
            raise Unavailable("A stored secret does not open with this secret key.") from error
