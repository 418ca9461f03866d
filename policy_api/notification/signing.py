"""Signatures of the Standard Webhooks: ``v1`` with a shared secret, ``v1a`` with a key pair."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from policy_api.notification.wire import SigningKey

SECRET_PREFIX = "whsec_"  # noqa: S105 -- a prefix
PUBLIC_PREFIX = "whpk_"
SECRET_BYTES = 32
SCHEMES = ("v1", "v1a")


def new_key(scheme: str) -> SigningKey:
    """Return a fresh key."""
    return SigningKey(scheme=scheme, raw=secrets.token_bytes(SECRET_BYTES))


def shown(key: SigningKey) -> str:
    """Return what the receiver is given: the shared secret, or the public half of a pair."""
    if key.scheme == "v1":
        return SECRET_PREFIX + base64.b64encode(key.raw).decode()
    public = Ed25519PrivateKey.from_private_bytes(key.raw).public_key()
    return PUBLIC_PREFIX + base64.b64encode(public.public_bytes_raw()).decode()


def signature_headers(
    *,
    message_id: str,
    timestamp: int,
    body: bytes,
    keys: Iterable[SigningKey],
) -> dict[str, str]:
    """Return the three headers that a receiver checks.

    :param timestamp: Of this attempt, in seconds since 1970; receivers refuse old ones.
    """
    content = f"{message_id}.{timestamp}.".encode() + body
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(_signature(key, content) for key in keys),
    }


def _signature(key: SigningKey, content: bytes) -> str:
    if key.scheme == "v1":
        raw = hmac.digest(key.raw, content, "sha256")
    else:
        raw = Ed25519PrivateKey.from_private_bytes(key.raw).sign(content)
    return f"{key.scheme},{base64.b64encode(raw).decode()}"
