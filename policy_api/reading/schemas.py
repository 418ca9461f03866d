"""Wire schemas of lists, changes, events and proofs. They describe; bodies are made elsewhere."""

from __future__ import annotations

from marshmallow import INCLUDE, Schema, fields, validate

from policy_api.reading.edition_schemas import (
    AnnouncedOut,
    EditionOut,
    SectionPartOut,
    TablePartOut,
    instant,
    links,
    many,
    maybe,
    maybe_number,
    number,
    one,
    text,
    texts,
)

SIGNIFICANCES = ("technical", "editorial", "non_material", "material")


class ListOut(Schema):
    """One page of a list."""

    next = maybe("Path of the next page; null on the last one.")


class SiteOut(Schema):
    """A site: one set of hosts with its own variant of the policies."""

    key = text()
    name = text()
    hosts = texts()
    base = maybe("Key of the site it derives from.")
    locales = texts()
    source_locale = text()
    policies = texts("Keys of its policies.")
    links = links()


class SitesOut(ListOut):
    """Sites by key."""

    items = many(SiteOut)


class ResolvedOut(Schema):
    """The site a host belongs to."""

    site = text("Its key.")
    url = text("Its path.")


class PolicyOut(Schema):
    """A policy of a site. What is null has not taken effect yet."""

    key = text()
    kind = text()
    title = text()
    locale = text("Language of the title.")
    locales = texts()
    version = maybe_number("The version in force.")
    material_number = maybe_number()
    published_at = instant(allow_none=True)
    effective_at = instant(allow_none=True)
    upcoming = one(AnnouncedOut, allow_none=True)
    links = links()


class PoliciesOut(ListOut):
    """Policies of a site."""

    items = many(PolicyOut)


class WordsOut(Schema):
    """What the publisher told readers of a version."""

    title = maybe()
    summary = maybe()
    locale = text("Language of title and summary.")


class VersionOut(WordsOut):
    """A version and how it stands."""

    version = number()
    material_number = number()
    kind = text(validate=validate.OneOf(["change", "correction", "withdrawal"]))
    significance = text(validate=validate.OneOf(SIGNIFICANCES))
    status = text(validate=validate.OneOf(["upcoming", "current", "past", "withdrawn"]))
    published_at = instant()
    effective_at = instant()
    superseded_at = instant(allow_none=True)
    digest = text("SHA-256 of the edition in the language of the answer.")
    href = text()


class VersionsOut(ListOut):
    """Versions, newest first."""

    items = many(VersionOut)


class MembersOut(Schema):
    """What a set gained and lost."""

    added = texts()
    removed = texts()


class ChangeOut(Schema):
    """One typed difference. `from` and `to` hold the values before and after."""

    class Meta:
        unknown = INCLUDE

    path = text("Address inside the policy.")
    op = text(validate=validate.OneOf(["added", "removed", "changed", "moved", "replaced"]))
    type = text("Such as `recipient.location_changed`.")
    members = one(MembersOut)
    significance = text(validate=validate.OneOf(SIGNIFICANCES))
    origin = text(validate=validate.OneOf(["base", "site"]))


class ChangelogEntryOut(WordsOut):
    """What a version changed."""

    version = number()
    material_number = number()
    kind = text()
    significance = text(validate=validate.OneOf(SIGNIFICANCES))
    status = text()
    published_at = instant()
    effective_at = instant()
    superseded_at = instant(allow_none=True)
    changes = many(ChangeOut)
    links = links()


class ChangelogOut(ListOut):
    """Entries, newest first."""

    items = many(ChangelogEntryOut)


class AnnouncementOut(WordsOut):
    """A version as a banner tells of it."""

    version = number()
    significance = text(validate=validate.OneOf(SIGNIFICANCES))
    published_at = instant()
    effective_at = instant()
    href = text()


class StretchOut(Schema):
    """A stretch of a text."""

    op = text(validate=validate.OneOf(["equal", "insert", "delete"]))
    text = text()


class RedlineOut(Schema):
    """The words of one text that changed."""

    path = text("Address of the text inside the policy.")
    ops = many(StretchOut)
    html = text("The same with `<ins>` and `<del>`.")


class DiffOut(Schema):
    """The differences between two versions."""

    class Meta:
        include = {
            "from": fields.Nested(AnnouncementOut, required=True),
        }

    to = one(AnnouncementOut)
    locale = text("Language of the texts compared.")
    significance = maybe("The highest of the changes; null if there are none.")
    changes = many(ChangeOut)
    texts = many(RedlineOut)


class StatusOut(Schema):
    """What a reader has missed."""

    seen = maybe_number()
    current = number("The version in force.")
    changed = fields.Boolean(required=True)
    material = fields.Boolean(
        required=True, metadata={"description": "Whether the reader must be told."}
    )
    entries = many(AnnouncementOut)
    upcoming = one(AnnouncementOut, allow_none=True)
    href = text("The edition in force.")


class TranslationOut(Schema):
    """How complete a language is."""

    locale = text()
    dir = text(validate=validate.OneOf(["ltr", "rtl"]))
    units = number()
    current = number()
    outdated = number()
    missing = number()
    completeness = fields.Float(
        required=True, metadata={"description": "Share of units that are current, 0 to 1."}
    )
    href = text()


class TranslationsOut(ListOut):
    """The languages of the version in force."""

    version = number()
    source_locale = text()
    items = many(TranslationOut)


class EventOut(Schema):
    """Something that happened, as webhooks tell of it."""

    class Meta:
        unknown = INCLUDE

    id = text("The `webhook-id` of every delivery of it.")
    type = text()
    timestamp = instant()
    sequence = number("Counts without gaps.")
    data = fields.Dict(required=True)


class EventsOut(ListOut):
    """Events in the order they were recorded."""

    items = many(EventOut)


class SignatureOut(Schema):
    """Ed25519 signature over the chain head."""

    algorithm = text()
    key_id = text("The `kid` of the public key.")
    value = text("In base64url, over `policy-api/release/v1`, a line feed and the chain head.")


class ChainLinkOut(Schema):
    """One release of the chain."""

    release = number()
    manifest_digest = text()
    chain_head = text("SHA-256 over byte 1, the head before and the manifest's digest.")


class ProofOut(Schema):
    """A version's release, signed, and the chain from there to the newest."""

    site = text()
    policy = text()
    version = number()
    editions = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "Locale → digest; the manifest names the same ones."},
    )
    release = number()
    manifest = fields.Dict(
        required=True,
        metadata={"description": "Its RFC 8785 bytes are what `manifest_digest` is made of."},
    )
    manifest_digest = text("SHA-256 over byte 0 and the manifest.")
    chain_head = text()
    signature = one(SignatureOut)
    keys = text("Path of the public keys.")
    chain = many(ChainLinkOut)
    next = maybe("Path of the rest of the chain; null if it is all here.")


class KeyOut(Schema):
    """A public key as a JSON Web Key (RFC 8037)."""

    kty = text()
    crv = text()
    x = text()
    kid = text()
    use = text()
    alg = text()


class KeysOut(Schema):
    """A JSON Web Key Set."""

    keys = many(KeyOut)


__all__ = [
    "ChangelogOut",
    "DiffOut",
    "EditionOut",
    "EventsOut",
    "KeysOut",
    "PoliciesOut",
    "ProofOut",
    "ResolvedOut",
    "SectionPartOut",
    "SiteOut",
    "SitesOut",
    "StatusOut",
    "TablePartOut",
    "TranslationsOut",
    "VersionsOut",
]
