"""The chain of releases: each head covers its manifest and every head before it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from policy_api.domain.proof.canonical import DIGEST_PREFIX, canonical_json, is_digest
from policy_api.domain.proof.manifest import manifest
from policy_api.domain.proof.records import ReleaseRecord, Seal
from policy_api.domain.proof.signing import Signer

# Separate first bytes keep a manifest from ever being passed off as a link (RFC 6962 does so too).
_LEAF = b"\x00"
_LINK = b"\x01"
_NOTHING = bytes(32)
"""Stands for the head before the first release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainLink:
    """What a reader needs of each release to walk from one of them to the newest."""

    release: int
    manifest_digest: str
    chain_head: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A head somebody noted down earlier: from a mail, a feed or a webhook."""

    chain_head: str
    release: int | None = None
    """Number of the release it belongs to, where that was noted as well."""


def manifest_digest(manifest_bytes: bytes) -> str:
    """Return the digest of a manifest's canonical bytes as the chain counts it."""
    return DIGEST_PREFIX + hashlib.sha256(_LEAF + manifest_bytes).hexdigest()


def next_head(previous: str | None, manifest_digest: str) -> str:
    """Return the head of a chain that grows by one manifest.

    :param previous: The head before; None before the first release.
    """
    before = _NOTHING if previous is None else _raw(previous)
    return DIGEST_PREFIX + hashlib.sha256(_LINK + before + _raw(manifest_digest)).hexdigest()


def seal(record: ReleaseRecord, *, previous: str | None, signer: Signer) -> Seal:
    """Bind a release to all before it and sign the new head."""
    raw = canonical_json(manifest(record, previous=previous))
    leaf = manifest_digest(raw)
    head = next_head(previous, leaf)
    return Seal(
        manifest=raw,
        manifest_digest=leaf,
        chain_head=head,
        signature=signer.sign(head),
        key_id=signer.public_key.key_id,
    )


def _raw(digest: str) -> bytes:
    """Return the 32 bytes of a digest.

    :raises ValueError: If the text is no digest.
    """
    if not is_digest(digest):
        raise ValueError(f"{digest!r} is no SHA-256 digest.")
    return bytes.fromhex(digest.removeprefix(DIGEST_PREFIX))
