"""Drafts on the wire."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields, validate

from policy_api.access.listing import ListQuery, NewestFirstQuery
from policy_api.domain.content.fields import Key, Line, Prose
from policy_api.drafts.queries import DISCARDED, OPEN, PUBLISHED
from policy_api.drafts.standing import Standing
from policy_api.web.schemas import ByName

COMMENT_LENGTH = 4000


class DraftIn(Schema):
    """A draft that somebody opens."""

    class Meta:
        unknown = RAISE

    title = Line(required=True, metadata={"description": "What it is about, for colleagues."})
    site = Key(
        allow_none=True,
        metadata={
            "description": "Edit only what belongs to this site and those derived from it. null: "
            "everything. Default: the only site the token is good for, else everything."
        },
    )


class DraftsQuery(NewestFirstQuery):
    """Query of the list of drafts."""

    state = fields.String(
        load_default=OPEN,
        validate=validate.OneOf([OPEN, PUBLISHED, DISCARDED]),
        metadata={"description": "Only drafts in this state."},
    )


class DraftLineOut(Schema):
    """A draft in a list."""

    id = fields.Integer(required=True)
    title = fields.String(required=True)
    site = fields.String(
        required=True, allow_none=True, metadata={"description": "null: it may edit everything."}
    )
    state = fields.String(required=True, validate=validate.OneOf([OPEN, PUBLISHED, DISCARDED]))
    base_release = fields.Integer(required=True, allow_none=True)
    release = fields.Integer(
        required=True, allow_none=True, metadata={"description": "What it was published as."}
    )
    created_at = fields.AwareDateTime(required=True)
    created_by = fields.String(required=True)
    href = fields.String(required=True)


class DraftsOut(Schema):
    """Drafts, newest first."""

    items = fields.List(fields.Nested(DraftLineOut), required=True)
    next = fields.String(required=True, allow_none=True)


class EditOut(Schema):
    """An entry that a draft edits."""

    path = fields.String(required=True)
    op = fields.String(required=True, validate=validate.OneOf(["put", "remove"]))


class ReviewOut(Schema):
    """One step of a review."""

    verdict = fields.String(required=True)
    by = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    comment = fields.String(required=True)
    is_current = fields.Boolean(
        required=True, metadata={"description": "Whether it is about what the draft says now."}
    )


class DraftOut(DraftLineOut):
    """A draft."""

    digest = fields.String(
        required=True, metadata={"description": "Of all edits; a verdict is about one digest."}
    )
    authors = fields.List(fields.String(), required=True)
    edits = fields.List(fields.Nested(EditOut), required=True)
    review = fields.String(
        required=True, validate=validate.OneOf([each.value for each in Standing])
    )
    reviews = fields.List(fields.Nested(ReviewOut), required=True)


class EntriesQuery(ListQuery):
    """Query of the list of entries."""

    after = fields.String(
        load_default=None,
        validate=validate.Length(1, 500),
        metadata={"description": "Only paths behind this one; `next` says which."},
    )


class EntryLineOut(Schema):
    """An entry in a list."""

    path = fields.String(required=True)
    digest = fields.String(required=True)
    edited = fields.Boolean(required=True)
    href = fields.String(required=True)


class EntriesOut(Schema):
    """The entries of a draft, by path."""

    items = fields.List(fields.Nested(EntryLineOut), required=True)
    next = fields.String(required=True, allow_none=True)


class CommentIn(Schema):
    """A word to colleagues."""

    class Meta:
        unknown = RAISE

    comment = Prose(load_default="", validate=validate.Length(max=COMMENT_LENGTH))


class RebaseIn(Schema):
    """Whose words count where both sides changed something."""

    class Meta:
        unknown = RAISE

    resolve = ByName(
        keys=fields.String(validate=validate.Length(1, 500)),
        values=fields.String(validate=validate.OneOf(["mine", "theirs"])),
        load_default=dict,
        metadata={
            "description": "Path → `mine` (the draft's words where they disagree) or `theirs` "
            "(the newest release's whole entry).",
            "examples": [{"sites/shop": "mine"}],
        },
    )


class BundleQuery(Schema):
    """Query of an import."""

    class Meta:
        unknown = RAISE

    title = Line(load_default="Imported bundle", metadata={"description": "Name of the draft."})


class ImportedOut(Schema):
    """The draft that an import made."""

    draft = fields.Integer(required=True)
    base_release = fields.Integer(required=True, allow_none=True)
    edits = fields.List(fields.String(), required=True)
    stamped = fields.Integer(
        required=True,
        metadata={"description": "Texts that did not say what they were made from."},
    )
    href = fields.String(required=True)
