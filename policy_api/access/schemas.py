"""Tokens and the audit log on the wire."""

from __future__ import annotations

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from policy_api.access.listing import ListQuery
from policy_api.access.scopes import Action, parse_scopes
from policy_api.access.secret import DEFAULT_DAYS, ID_LENGTH, MAX_DAYS
from policy_api.domain.content.fields import Name

MAX_SCOPES = 100


def check_scopes(texts: list[str]) -> None:
    """Refuse what is no list of scopes.

    :raises ValidationError: With what is wrong with the first that is none.
    """
    try:
        parse_scopes(texts)
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
        fields.String(),
        required=True,
        validate=validate.And(validate.Length(1, MAX_SCOPES), check_scopes),
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
