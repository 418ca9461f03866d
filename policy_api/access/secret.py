"""How a token is written: ``ppl_<env>_<id>_<secret><checksum>``.

Scanners of repositories and logs recognize it by
``ppl_[a-z]+_[a-z2-7]{12}_[A-Za-z0-9_-]{43}[a-z2-7]{6}`` and need not ask: the checksum tells a
token from a text that only looks like one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import zlib
from dataclasses import dataclass, field
from typing import Final

from policy_api.domain.proof.canonical import DIGEST_PREFIX
from policy_api.settings import Profile

ID_BYTES: Final = 8
ID_LENGTH: Final = 12
SECRET_BYTES: Final = 32
CHECKSUM_LENGTH: Final = 6

DEFAULT_DAYS: Final = 90
MAX_DAYS: Final = 365
"""Days until a token expires."""

ENVIRONMENTS: Final = {
    Profile.PRODUCTION: "live",
    Profile.DEVELOPMENT: "dev",
    Profile.TESTING: "test",
}
"""Profile → second part of a token, so that one of a test is not mistaken for a live one."""

TOKEN: Final = re.compile(
    r"(?P<body>ppl_[a-z]{2,8}_(?P<id>[a-z2-7]{12})_(?P<secret>[A-Za-z0-9_-]{43}))"
    r"(?P<checksum>[a-z2-7]{6})",
    re.ASCII,
)

NO_DIGEST: Final = DIGEST_PREFIX + "0" * 64
"""Compared with where there is no such token, so that both take the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A token as somebody presents it."""

    id: str
    secret: str = field(repr=False)

    @property
    def digest(self) -> str:
        """What is kept of the secret."""
        return DIGEST_PREFIX + hashlib.sha256(self.secret.encode()).hexdigest()

    def opens(self, secret_digest: str | None) -> bool:
        """Tell whether the secret is the one that is kept as a digest."""
        return hmac.compare_digest(self.digest, secret_digest or NO_DIGEST)


def new_token(profile: Profile) -> tuple[str, Credential]:
    """Return a new token as it is shown once, and taken apart."""
    number = base64.b32encode(secrets.token_bytes(ID_BYTES)).decode().lower()[:ID_LENGTH]
    secret = base64.urlsafe_b64encode(secrets.token_bytes(SECRET_BYTES)).decode().rstrip("=")
    body = f"ppl_{ENVIRONMENTS[profile]}_{number}_{secret}"
    return body + checksum(body), Credential(id=number, secret=secret)


def parse(written: str) -> Credential | None:
    """Take a token apart, or return None for what cannot be one."""
    match = TOKEN.fullmatch(written)
    if match is None or match["checksum"] != checksum(match["body"]):
        return None
    return Credential(id=match["id"], secret=match["secret"])


def checksum(body: str) -> str:
    """Return six characters that a typing error changes."""
    raw = zlib.crc32(body.encode()).to_bytes(4, "big")
    return base64.b32encode(raw).decode().lower()[:CHECKSUM_LENGTH]
