"""Tokens and the audit log on the wire."""

from __future__ import annotations

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate

from policy_api.access.listing import ListQuery
from policy_api.access.scopes import Action, parse_scopes
from policy_api.access.secret import DEFAULT_DAYS, ID_LENGTH, MAX_DAYS
from policy_api.domain.content.fields import Name

MAX_SCOPES = 100
MAX_LEAKS = 100
MAX_LEAKED = 500
LEAK_TYPE = "policy_api_token"


def check_scope(text: str) -> None:
    """Refuse what is no scope.

    :raises ValidationError: With what is wrong with it.
    """
    try:
        parse_scopes([text])
    except ValueError as error:
        raise ValidationError(str(error)) from error


class TokenIn(Schema):
    """A token that somebody wants."""

    class Meta:
        unknown = RAISE

    holder = Name(
        required=True,
        metadata={"description": "Person or program it stands for; the record shows this name."},
    )
    scopes = fields.List(
        fields.String(validate=check_scope),
        required=True,
        validate=validate.Length(1, MAX_SCOPES),
        metadata={
            "description": "Site (with those derived from it) or *, a colon, and an action or *. "
            f"Actions: {', '.join(Action)}.",
            "examples": [["shop:write", "shop:publish"]],
        },
    )
    days = fields.Integer(
        load_default=DEFAULT_DAYS,
        strict=True,
        validate=validate.Range(1, MAX_DAYS),
        metadata={"description": "Days until it expires."},
    )


class TokenOut(Schema):
    """A token, without what it opens with."""

    id = fields.String(required=True)
    holder = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    created_at = fields.AwareDateTime(required=True)
    created_by = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)
    last_used_at = fields.AwareDateTime(required=True, allow_none=True)
    revoked_at = fields.AwareDateTime(required=True, allow_none=True)
    revoked_by = fields.String(required=True, allow_none=True)


class NewTokenOut(TokenOut):
    """A token that was just made."""

    token = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Shown this once; null when the request is repeated."},
    )


class TokensOut(Schema):
    """Tokens by id."""

    items = fields.List(fields.Nested(TokenOut), required=True)
    next = fields.String(required=True, allow_none=True)


class TokensQuery(ListQuery):
    """Query of the list of tokens."""

    after = fields.String(
        load_default=None,
        validate=validate.Length(1, ID_LENGTH),
        metadata={"description": "Only tokens behind this id; `next` says which."},
    )


class WhoAmIOut(Schema):
    """Who a token stands for, and what it may do."""

    token_id = fields.String(required=True)
    holder = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    expires_at = fields.AwareDateTime(required=True)


class LeakIn(Schema):
    """A token that was found in the open, as scanners of repositories report it."""

    class Meta:
        unknown = EXCLUDE

    token = fields.String(required=True, validate=validate.Length(1, MAX_LEAKED))


class LeakOut(Schema):
    """What became of a report."""

    token_hash = fields.String(
        required=True, metadata={"description": "SHA-256 of the reported text, in base64."}
    )
    token_type = fields.String(required=True, metadata={"examples": [LEAK_TYPE]})
    label = fields.String(
        required=True,
        validate=validate.OneOf(["true_positive", "false_positive"]),
        metadata={"description": "`true_positive`: it was a token, and opens nothing any more."},
    )


class AuditEntryOut(Schema):
    """Something that was done."""

    sequence = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    actor = fields.String(required=True)
    token_id = fields.String(required=True, allow_none=True)
    action = fields.String(required=True, metadata={"examples": ["draft.entry.put"]})
    object = fields.String(required=True, metadata={"examples": ["drafts/7/entries/sites/shop"]})
    site = fields.String(required=True, allow_none=True)
    before_digest = fields.String(required=True, allow_none=True)
    after_digest = fields.String(required=True, allow_none=True)
    request_id = fields.String(required=True)
    chain_digest = fields.String(
        required=True, metadata={"description": "Covers this line and all before it."}
    )


class AuditOut(Schema):
    """The audit log, newest first."""

    items = fields.List(fields.Nested(AuditEntryOut), required=True)
    next = fields.String(required=True, allow_none=True)
