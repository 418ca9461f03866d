"""Tables of the ledger. Triggers of the database refuse to change or delete their rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from policy_api.db.base import Model
from policy_api.db.types import CanonicalJson, Digest

STRICT = {"sqlite_strict": True}

KINDS = "kind IN ('change', 'correction', 'withdrawal')"
SIGNIFICANCES = "significance IN ('technical', 'editorial', 'non_material', 'material')"


def _of_release() -> ForeignKey:
    """Refer to a release that is written last, when all it contains is known and signed."""
    return ForeignKey("release.number", deferrable=True, initially="DEFERRED")


class SourceObject(Model):
    """One entry of a source, or the manifest of a whole source, under its own digest."""

    __tablename__ = "source_object"
    __table_args__ = (STRICT,)

    digest: Mapped[str] = mapped_column(Digest, primary_key=True)

    body: Mapped[bytes]
    """Canonical JSON, compressed with Zstandard. A manifest maps path → digest."""

    body_digest: Mapped[str | None] = mapped_column(Digest)
    """Of the compressed bytes: some changes of those unpack to the same JSON. None from a program
    that did not note it yet."""


class PublicKeyRow(Model):
    """A key that signed releases. Kept for ever, so that old signatures can be checked."""

    __tablename__ = "public_key"
    __table_args__ = (STRICT,)

    key_id: Mapped[str] = mapped_column(primary_key=True)

    raw: Mapped[bytes]
    """The 32 bytes of the Ed25519 public key."""


class Release(Model):
    """One act of publishing."""

    __tablename__ = "release"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint(KINDS, name="kind"),
        CheckConstraint(SIGNIFICANCES, name="significance"),
        CheckConstraint("published_at <= effective_at", name="announced_before_effective"),
        CheckConstraint("withdraws < number", name="withdraws_an_earlier_one"),
        CheckConstraint(
            "(kind = 'withdrawal') = (withdraws IS NOT NULL)", name="withdrawal_names_release"
        ),
        STRICT,
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Counts 1, 2, 3 without gaps."""

    kind: Mapped[str]
    significance: Mapped[str]

    title: Mapped[dict[str, str]] = mapped_column(CanonicalJson)
    """For readers, by locale."""

    summary: Mapped[dict[str, str]] = mapped_column(CanonicalJson)
    """For readers, by locale."""

    published_at: Mapped[datetime]
    effective_at: Mapped[datetime]

    source_digest: Mapped[str] = mapped_column(Digest, ForeignKey("source_object.digest"))
    """The whole source at that moment."""

    states: Mapped[list[dict[str, Any]]] = mapped_column(CanonicalJson)
    """Which source is in force from when: ``effective_at``, ``source``, ``origin``."""

    waivers: Mapped[list[dict[str, Any]]] = mapped_column(CanonicalJson)
    """Rules set aside, with reason and name. The manifest tells only how many."""

    withdraws: Mapped[int | None] = mapped_column(ForeignKey("release.number"))
    actor: Mapped[str]

    nonce: Mapped[str]
    """Random text that keeps the actor from being guessed from the manifest."""

    manifest: Mapped[bytes]
    """Canonical JSON, exactly as it was signed."""

    manifest_digest: Mapped[str] = mapped_column(Digest)
    chain_head: Mapped[str] = mapped_column(Digest, unique=True)
    signature: Mapped[str]
    key_id: Mapped[str] = mapped_column(ForeignKey("public_key.key_id"))


class Version(Model):
    """A numbered state of one site's policy. Made by a release, never changed."""

    __tablename__ = "version"
    __table_args__ = (
        UniqueConstraint("site", "policy", "number"),
        Index(None, "site", "policy", "effective_at", "number"),
        Index(None, "release"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("material_number BETWEEN 0 AND number", name="material_number"),
        CheckConstraint("previous BETWEEN 1 AND number - 1", name="previous_is_earlier"),
        CheckConstraint("published_at <= effective_at", name="announced_before_effective"),
        CheckConstraint(KINDS, name="kind"),
        CheckConstraint(SIGNIFICANCES, name="significance"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)

    site: Mapped[str]
    """Key of the site. Not a foreign key: sites are entries of a release, not rows."""

    policy: Mapped[str]
    number: Mapped[int]

    material_number: Mapped[int]
    """Counts material versions only."""

    release: Mapped[int] = mapped_column(_of_release())
    kind: Mapped[str]
    significance: Mapped[str]
    title: Mapped[dict[str, str]] = mapped_column(CanonicalJson)
    summary: Mapped[dict[str, str]] = mapped_column(CanonicalJson)
    published_at: Mapped[datetime]

    effective_at: Mapped[datetime]
    """When it takes the place of the version before."""

    previous: Mapped[int | None]
    """Number of the version it is compared with."""

    origin_release: Mapped[int] = mapped_column(_of_release())
    """The release that announced this state first; a correction carried into it keeps it."""

    changes: Mapped[list[dict[str, Any]]] = mapped_column(CanonicalJson)
    """What differs from the previous version."""


class Edition(Model):
    """One version in one locale."""

    __tablename__ = "edition"
    __table_args__ = (STRICT,)

    version_id: Mapped[int] = mapped_column(
        ForeignKey("version.id"), primary_key=True, autoincrement=False
    )
    locale: Mapped[str] = mapped_column(primary_key=True)

    digest: Mapped[str] = mapped_column(Digest)
    """Of the content, as the manifest and every notification name it."""

    body: Mapped[bytes]
    """The content as JSON in reading order, compressed with Zstandard."""

    body_digest: Mapped[str] = mapped_column(Digest)
    """Of the compressed bytes, to find damage without decoding."""


class Withdrawal(Model):
    """A version taken back before it took effect."""

    __tablename__ = "withdrawal"
    __table_args__ = (STRICT,)

    version_id: Mapped[int] = mapped_column(
        ForeignKey("version.id"), primary_key=True, autoincrement=False
    )
    release: Mapped[int] = mapped_column(_of_release(), index=True)
    """The release that took it back."""


class DirectoryState(Model):
    """All sites and hosts from an instant on, as a release left them."""

    __tablename__ = "directory"
    __table_args__ = (STRICT,)

    release: Mapped[int] = mapped_column(_of_release(), primary_key=True, autoincrement=False)
    effective_at: Mapped[datetime] = mapped_column(primary_key=True)
    body: Mapped[dict[str, Any]] = mapped_column(CanonicalJson)


class UnitChange(Model):
    """A source text that a release changed; translations of the old one are behind."""

    __tablename__ = "unit_change"
    __table_args__ = (
        Index(None, "policy", "release"),
        CheckConstraint(SIGNIFICANCES, name="significance"),
        STRICT,
    )

    release: Mapped[int] = mapped_column(_of_release(), primary_key=True, autoincrement=False)
    policy: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(primary_key=True)
    from_hash: Mapped[str] = mapped_column(Digest, primary_key=True)
    to_hash: Mapped[str] = mapped_column(Digest)
    significance: Mapped[str]


class LedgerLock(Model):
    """One row that a release holds while it is made, so that numbers have no gaps."""

    __tablename__ = "ledger_lock"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
