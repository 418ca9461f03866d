"""Wire schemas of an edition and its parts. They describe; bodies are made elsewhere."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import INCLUDE, Schema, fields, validate

DIRECTIONS: Final = validate.OneOf(["ltr", "rtl"])
ORIGINS: Final = validate.OneOf(["base", "site"])


def text(description: str = "", **more: Any) -> fields.String:  # noqa: ANN401 -- marshmallow's
    """Return a field for a text that is always stated."""
    return fields.String(required=True, metadata=_described(description), **more)


def maybe(description: str = "") -> fields.String:
    """Return a field for a text that may be null, which means not stated."""
    return fields.String(required=True, allow_none=True, metadata=_described(description))


def number(description: str = "") -> fields.Integer:
    """Return a field for a whole number."""
    return fields.Integer(required=True, metadata=_described(description))


def maybe_number(description: str = "") -> fields.Integer:
    """Return a field for a whole number that may be null."""
    return fields.Integer(required=True, allow_none=True, metadata=_described(description))


def instant(description: str = "", *, allow_none: bool = False) -> fields.String:
    """Return a field for an RFC 3339 instant in UTC."""
    return fields.String(
        required=True,
        allow_none=allow_none,
        metadata={"format": "date-time", **_described(description)},
    )


def one(schema: type[Schema], *, allow_none: bool = False) -> fields.Nested:
    """Return a field for one object."""
    return fields.Nested(schema, required=True, allow_none=allow_none)


def many(schema: type[Schema]) -> fields.List[Any]:
    """Return a field for a list of objects."""
    return fields.List(fields.Nested(schema), required=True)


def texts(description: str = "") -> fields.List[Any]:
    """Return a field for a list of texts."""
    return fields.List(fields.String(), required=True, metadata=_described(description))


def links() -> fields.Dict:
    """Return a field for the ways to other resources."""
    return fields.Dict(
        keys=fields.String(),
        values=fields.String(allow_none=True),
        required=True,
        metadata={
            "description": "Name → path below the place where the service is mounted; null where "
            "there is nothing to lead to."
        },
    )


def _described(description: str) -> dict[str, str]:
    return {"description": description} if description else {}


class CodedOut(Schema):
    """A term of a vocabulary, such as a CURIE of the Data Privacy Vocabulary."""

    code = text("For example `eu-gdpr:A6-1-f`.")
    label = text("The term in the language of the answer.")


class SiteRefOut(Schema):
    """The site an edition is for, as it was when the version was published."""

    key = text()
    name = text()
    hosts = texts()


class ChangeNoteOut(Schema):
    """What the publisher said about the version."""

    kind = text(validate=validate.OneOf(["change", "correction", "withdrawal"]))
    significance = text(
        validate=validate.OneOf(["technical", "editorial", "non_material", "material"])
    )
    title = maybe()
    summary = maybe()
    locale = text("Language of title and summary.")


class AnnouncedOut(Schema):
    """The version that takes effect next."""

    version = number()
    effective_at = instant()
    href = text()


class CompletenessOut(Schema):
    """How much of the edition is translated, in translation units."""

    units = number()
    current = number("Translated from the present source text.")
    outdated = number("Translated from an earlier one; the change since was slight.")
    fallback = number("Shown in the source language.")


class LicenseOut(Schema):
    """License of the policy's text."""

    spdx = maybe("SPDX identifier.")
    url = maybe()
    attribution = maybe()
    adapted_from = maybe()


class EarlierOut(Schema):
    """The version whose translation a fallback section left behind."""

    version = number()
    href = text()


class BlockOut(Schema):
    """One block of a section. Its kind says which further members it has."""

    class Meta:
        unknown = INCLUDE

    key = text()
    kind = text("`text`, `recipients_table`, `processing`, …; plugins add kinds.")
    origin = text("`site` if an overlay of the site wrote it.", validate=ORIGINS)


class SectionOut(Schema):
    """One section, in one language."""

    class Meta:
        unknown = INCLUDE

    key = text()
    anchor = text("Fragment that leads to it on the page.")
    heading = text()
    layer = number("1 for everyone, 3 for those who want to know everything.")
    locale = text("Language of the texts; codes are always labelled in the edition's.")
    dir = text(validate=DIRECTIONS)
    translation = text(
        "`source`, `current`, `outdated` or `fallback` (shown in the source language).",
        validate=validate.OneOf(["source", "current", "outdated", "fallback"]),
    )
    translated_from = one(EarlierOut, allow_none=True)
    origin = text(validate=ORIGINS)
    changed_in = number("The version that changed it last.")
    blocks = many(BlockOut)


class EditionFrameOut(Schema):
    """What must be known of an edition to read a part of it."""

    class Meta:
        unknown = INCLUDE

    site = one(SiteRefOut)
    policy = text("Key of the policy.")
    kind = text("Term for the kind of document: `dpv:PrivacyNotice`.")
    title = text()
    locale = text("Language of the answer, which may be another than the one asked for.")
    dir = text(validate=DIRECTIONS)
    source_locale = text("Language the policy is written in.")
    authoritative_locale = text("Language whose text counts.")
    available_locales = texts()
    version = number()
    material_number = number("Moves only with material versions.")
    status = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(["upcoming", "current", "past", "withdrawn"]),
        metadata={"description": "How the version stands now; null under its number."},
    )
    published_at = instant()
    effective_at = instant()
    superseded_at = instant("Null while it is in force, and under its number.", allow_none=True)
    change = one(ChangeNoteOut)
    upcoming = one(AnnouncedOut, allow_none=True)
    digest = text("SHA-256 of the edition's canonical content.")
    license = one(LicenseOut, allow_none=True)
    links = links()


class EditionOut(EditionFrameOut):
    """One version in one locale."""

    completeness = one(CompletenessOut)
    sections = many(SectionOut)
    omitted = texts("Keys of the sections left out by `fallback=none`.")


class SectionPartOut(EditionFrameOut):
    """One section, in the frame of its edition."""

    section = one(SectionOut)


class ShownInOut(Schema):
    """The section that shows a table."""

    key = text()
    locale = text()
    translation = text()


class ColumnOut(Schema):
    """A column of a table."""

    key = text()
    label = text()


class RecipientOut(Schema):
    """Who receives data."""

    class Meta:
        unknown = INCLUDE

    key = text()
    name = text()
    legal_name = maybe()
    country = maybe("Seat of the company, ISO 3166-1.")
    privacy_policy_url = maybe()


class LocationOut(Schema):
    """Where data is handled."""

    country = maybe("ISO 3166-1.")
    region = maybe("UN M.49.")
    place = maybe()
    label = text()


class TransferOut(Schema):
    """Whether data leaves the EEA, and under which safeguards."""

    class Meta:
        unknown = INCLUDE

    outside_eea = fields.Boolean(required=True, allow_none=True)
    mechanism = one(CodedOut, allow_none=True)


class CategoryOut(Schema):
    """A category of data."""

    class Meta:
        unknown = INCLUDE

    code = maybe()
    label = text()


class RowOut(Schema):
    """One disclosure. Null is not stated; an empty list is stated to be none."""

    class Meta:
        unknown = INCLUDE

    key = text()
    recipient = one(RecipientOut)
    role = one(CodedOut, allow_none=True)
    purpose = maybe()
    purposes = many(CodedOut)
    legal_basis = one(CodedOut, allow_none=True)
    legitimate_interest = maybe()
    data_categories = fields.List(fields.Nested(CategoryOut), required=True, allow_none=True)
    locations = fields.List(fields.Nested(LocationOut), required=True, allow_none=True)
    transfer = one(TransferOut)
    retention = maybe()
    changed_in = number("The version that changed it last.")


class TableOut(BlockOut):
    """A recipient table."""

    table = text("Key of the table.")
    caption = maybe()
    columns = many(ColumnOut)
    rows = many(RowOut)


class TablePartOut(EditionFrameOut):
    """One recipient table, in the frame of its edition."""

    section = one(ShownInOut)
    table = one(TableOut)
