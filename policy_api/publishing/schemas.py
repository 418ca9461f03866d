"""Releases on the wire: what a publisher asks for, what a release is, what a draft would do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate
from webargs.fields import DelimitedList

from policy_api.domain.changes.types import Significance
from policy_api.domain.content.fields import Line, Locale, Prose
from policy_api.domain.planning.release import Kind
from policy_api.web.schemas import ByName

RULE_LENGTH = 500
REASON_LENGTH = 2000
MOST_WAIVERS = 500
FIRST_YEAR, LAST_YEAR = 1990, 2100


class Instant(fields.AwareDateTime):
    """An RFC 3339 instant, cut to whole seconds in UTC."""

    default_error_messages = {
        "invalid": "Must be an instant such as 2026-04-09T00:00:00Z.",
        "invalid_awareness": "Must name its time zone, such as 2026-04-09T00:00:00Z.",
    }

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, Any] | None, **kwargs: object
    ) -> datetime:
        if not isinstance(value, str):
            raise ValidationError("Must be an instant such as 2026-04-09T00:00:00Z.")
        found = super()._deserialize(value, attr, data, **kwargs)
        if not FIRST_YEAR < found.year < LAST_YEAR:
            raise ValidationError(f"Must lie between {FIRST_YEAR} and {LAST_YEAR}.")
        return found.astimezone(UTC).replace(microsecond=0)


class WaiverIn(Schema):
    """A rule set aside; the record adds who did it."""

    class Meta:
        unknown = RAISE

    rule = fields.String(
        required=True,
        validate=validate.Length(1, RULE_LENGTH),
        metadata={
            "description": "As the refusal names it; may be followed by `:` and a path.",
            "examples": ["notice-period", "PUR-003:tables/services/rows/payments"],
        },
    )
    reason = Prose(required=True, validate=validate.Length(1, REASON_LENGTH))


class WithdrawIn(Schema):
    """What readers are told of a withdrawal."""

    class Meta:
        unknown = RAISE

    title = ByName(keys=Locale(), values=Line(), load_default=dict)
    summary = ByName(keys=Locale(), values=Prose(), load_default=dict)


class PublishIn(WithdrawIn):
    """What a publisher says about a release."""

    summary = ByName(
        keys=Locale(),
        values=Prose(),
        required=True,
        validate=validate.Length(min=1),
        metadata={"description": "What readers are told, by locale.", "examples": [{"en": "…"}]},
    )
    kind = fields.String(
        load_default=Kind.CHANGE.value,
        validate=validate.OneOf([Kind.CHANGE.value, Kind.CORRECTION.value]),
    )
    significance = fields.String(
        load_default=None,
        validate=validate.OneOf([level.value for level in Significance]),
        metadata={"description": "Default: what the changes are. Lowering it needs a waiver."},
    )
    effective_at = Instant(
        load_default=None,
        metadata={"description": "Default: at once, or after the notice period."},
    )
    waivers = fields.List(
        fields.Nested(WaiverIn), load_default=list, validate=validate.Length(max=MOST_WAIVERS)
    )


class PreviewQuery(Schema):
    """Query of a preview."""

    class Meta:
        unknown = RAISE

    locale = Locale(load_default=None, metadata={"description": "Default: the source's."})


class LintQuery(Schema):
    """Query of what lint says."""

    class Meta:
        unknown = RAISE

    locale = Locale(
        load_default=None,
        metadata={"description": "Language of the messages. Default: by `Accept-Language`."},
    )
    pack = DelimitedList(
        fields.String(validate=validate.Length(1, 63)),
        validate=validate.Length(max=20),
        metadata={
            "description": "Regimes whose rules run too, with commas between them.",
            "example": ["us-ca", "gb"],
        },
    )


class GateFindingOut(Schema):
    """One thing that keeps a release back."""

    rule = fields.String(required=True)
    detail = fields.String(required=True)
    path = fields.String(required=True)
    pointer = fields.String(required=True)
    sites = fields.List(fields.String(), required=True)
    waivable = fields.Boolean(required=True)


class PlannedVersionOut(Schema):
    """What a draft would change on one site."""

    site = fields.String(required=True)
    policy = fields.String(required=True)
    version = fields.Integer(required=True)
    previous = fields.Integer(required=True, allow_none=True)
    significance = fields.String(required=True)
    effective_at = fields.AwareDateTime(required=True)
    locales = fields.List(fields.String(), required=True)
    changes = fields.List(fields.Dict(), required=True)


class DraftDiffOut(Schema):
    """What a draft would change, by site and policy."""

    base_release = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Release that the draft is on; rebase it before publishing if…"},
    )
    newest_release = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "…this is another one. The changes are those on this release."},
    )
    significance = fields.String(required=True, allow_none=True)
    effective_at = fields.AwareDateTime(required=True, allow_none=True)
    items = fields.List(fields.Nested(PlannedVersionOut), required=True)


class LintOut(Schema):
    """What lint says of a draft."""

    locale = fields.String(required=True)
    summary = fields.Dict(required=True, metadata={"description": "Severity → findings."})
    verdicts = fields.Dict(required=True, metadata={"description": "Rule → pass, fail or n/a."})
    findings = fields.List(fields.Dict(), required=True)


class ReleaseVersionOut(Schema):
    """A version that a release made."""

    site = fields.String(required=True)
    policy = fields.String(required=True)
    version = fields.Integer(required=True)
    material_number = fields.Integer(required=True)
    previous = fields.Integer(required=True, allow_none=True)
    significance = fields.String(required=True)
    effective_at = fields.AwareDateTime(required=True)
    status = fields.String(required=True)
    changes = fields.List(fields.String(), required=True)
    href = fields.String(required=True)


class WaiverOut(Schema):
    """A rule that was set aside."""

    rule = fields.String(required=True)
    reason = fields.String(required=True)
    name = fields.String(required=True)


class ReleaseOut(Schema):
    """An act of publishing."""

    release = fields.Integer(required=True)
    kind = fields.String(required=True)
    significance = fields.String(required=True)
    title = fields.Dict(required=True)
    summary = fields.Dict(required=True)
    published_at = fields.AwareDateTime(required=True)
    effective_at = fields.AwareDateTime(required=True)
    withdraws = fields.Integer(required=True, allow_none=True)
    source = fields.String(required=True, metadata={"description": "Digest of the whole source."})
    chain_head = fields.String(required=True)
    waivers = fields.Dict(required=True, metadata={"description": "Rule → how often set aside."})
    waived = fields.List(
        fields.Nested(WaiverOut),
        required=True,
        allow_none=True,
        metadata={"description": "With reasons and names; null unless the token may audit."},
    )
    published_by = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "null unless the token may audit."},
    )
    versions = fields.List(fields.Nested(ReleaseVersionOut), required=True)
    href = fields.String(required=True)


class ReleasesOut(Schema):
    """Releases, newest first."""

    items = fields.List(fields.Nested(ReleaseOut), required=True)
    next = fields.String(required=True, allow_none=True)
