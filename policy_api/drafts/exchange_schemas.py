"""Translations on the wire: what goes out to translators, and what came of what they sent."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields, validate
from webargs.fields import DelimitedList

from policy_api.access.listing import MAX_NUMBER, WholeNumber
from policy_api.domain.content.fields import Key, Locale
from policy_api.domain.content.limits import LOCALES, PATH_LENGTH, UNITS
from policy_api.domain.languages import MAX_TAG_LENGTH
from policy_api.domain.translation.exchange_checks import Reason
from policy_api.domain.translation.units import State

TAG = {"pattern": "^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$", "maxLength": MAX_TAG_LENGTH}


def draft_number(description: str) -> WholeNumber:
    """Return the parameter that names a draft."""
    return WholeNumber(
        load_default=None,
        validate=validate.Range(1, MAX_NUMBER),
        metadata={"description": description},
    )


class ExportQuery(Schema):
    """Query of a file for translators."""

    class Meta:
        unknown = RAISE

    policy = Key(
        required=True, metadata={"description": "Key of the policy.", "examples": ["privacy"]}
    )
    locale = Locale(
        required=True,
        metadata={**TAG, "description": "Language to translate into.", "examples": ["pt-BR"]},
    )
    draft = draft_number("Texts as this draft has them. Default: as they were published last.")
    # marshmallow has an attribute called ``only`` of its own.
    states = DelimitedList(
        fields.String(validate=validate.OneOf([state.value for state in State])),
        data_key="only",
        metadata={
            "description": "Only units in these states, with commas between them; outdated ones "
            "count as `missing`. Default: every unit."
        },
    )


class XliffQuery(ExportQuery):
    """Query of an XLIFF file."""

    version = fields.String(
        load_default="2.1",
        validate=validate.OneOf(["2.1", "1.2"]),
        metadata={"description": "Version of XLIFF; 1.2 is for older tools."},
    )


class TakingBackQuery(Schema):
    """Query of an import of translations."""

    class Meta:
        unknown = RAISE

    policy = Key(
        metadata={"description": "Key of the policy; must be the file's. Default: the file's."},
    )
    locale = Locale(
        metadata={**TAG, "description": "Language; must be the file's. Default: the file's."},
    )
    draft = draft_number("Draft to write to. Default: a new one, if there is anything to write.")


class RefusedUnitOut(Schema):
    """A unit that was not taken."""

    unit = fields.String(required=True, metadata={"description": "As the file names it."})
    reason = fields.String(
        required=True, validate=validate.OneOf([reason.value for reason in Reason])
    )
    detail = fields.String(required=True, metadata={"description": "The reason, in words."})


class TakenBackOut(Schema):
    """What came of a file of translations."""

    draft = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Where they are; null if none was named and nothing was taken."},
    )
    href = fields.String(required=True, allow_none=True, metadata={"description": "The draft."})
    policy = fields.String(required=True)
    locale = fields.String(required=True)
    entries = fields.List(
        fields.String(), required=True, metadata={"description": "Paths of what was written."}
    )
    accepted = fields.List(
        fields.String(), required=True, metadata={"description": "Units that are new or changed."}
    )
    unchanged = fields.Integer(
        required=True, metadata={"description": "How many units say what was there already."}
    )
    untranslated = fields.List(
        fields.String(), required=True, metadata={"description": "Units without a translation."}
    )
    refused = fields.List(fields.Nested(RefusedUnitOut), required=True)


class ProgressQuery(Schema):
    """Query of how far translations are."""

    class Meta:
        unknown = RAISE

    policy = Key(load_default=None, metadata={"description": "Key of a policy. Default: all."})


class ProgressOut(Schema):
    """The texts of a policy in one language, counted."""

    policy = fields.String(required=True)
    locale = fields.String(required=True)
    units = fields.Integer(required=True)
    missing = fields.Integer(required=True)
    draft = fields.Integer(required=True)
    translated = fields.Integer(required=True)
    approved = fields.Integer(required=True)
    outdated = fields.Integer(
        required=True, metadata={"description": "How many of them were made from another text."}
    )
    current = fields.Integer(required=True)
    words = fields.Integer(
        required=True, metadata={"description": "Words of the source that still wait."}
    )
    completeness = fields.Float(required=True, metadata={"description": "From 0 to 1."})
    orphans = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Translations of texts that no longer exist."},
    )


class ProgressListOut(Schema):
    """How far each language of a policy is."""

    items = fields.List(fields.Nested(ProgressOut), required=True)


class CarryIn(Schema):
    """Body that says which changes of the source were of wording alone."""

    class Meta:
        unknown = RAISE

    policy = Key(load_default=None, metadata={"description": "Key of a policy. Default: all."})
    units = fields.List(
        fields.String(validate=validate.Length(1, PATH_LENGTH)),
        validate=validate.Length(max=UNITS),
        metadata={"description": "Only these texts. Default: all that the draft changed."},
    )
    locales = fields.List(
        Locale(metadata=TAG),
        validate=validate.Length(max=LOCALES),
        metadata={"description": "Only these languages. Default: all."},
    )


class CarriedUnitOut(Schema):
    """A translation that stays."""

    locale = fields.String(required=True)
    unit = fields.String(required=True)


class LeftUnitOut(CarriedUnitOut):
    """A translation that cannot stay, because a fact in the text is another one."""

    detail = fields.String(required=True, metadata={"description": "The reason, in words."})


class CarriedOut(Schema):
    """What came of carrying translations over a change."""

    draft = fields.Integer(required=True)
    entries = fields.List(
        fields.String(), required=True, metadata={"description": "Paths of what was written."}
    )
    carried = fields.List(fields.Nested(CarriedUnitOut), required=True)
    left = fields.List(fields.Nested(LeftUnitOut), required=True)
