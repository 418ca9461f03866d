"""Pages and lists on the wire: what people bring, and what came of it."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields, validate
from webargs.fields import DelimitedList

from policy_api.domain.content.fields import Key, Locale, Name
from policy_api.domain.content.limits import HOSTS, NAME_LENGTH, URL_LENGTH
from policy_api.drafts.exchange_schemas import TAG, draft_number

_MOST = 200
"""Patterns, headings or columns that one request may name."""


def _listed(description: str, *, most: int = _MOST) -> DelimitedList:
    return DelimitedList(
        fields.String(validate=validate.Length(1, NAME_LENGTH)),
        validate=validate.Length(max=most),
        metadata={"description": f"{description} With commas between them."},
    )


def _language(description: str) -> Locale:
    return Locale(load_default="en", metadata={**TAG, "description": description})


class PageQuery(Schema):
    """Query of an import of a page."""

    class Meta:
        unknown = RAISE

    policy = Key(required=True, metadata={"description": "Key for the policy it becomes."})
    site = Key(load_default="main", metadata={"description": "Site it is for; may be a new one."})
    hosts = _listed("Hosts of a new site.", most=HOSTS)
    organization = Name(
        load_default="",
        metadata={"description": "Who publishes it, if nothing is published yet."},
    )
    locale = _language("Language of the page.")
    title = Name(load_default="", metadata={"description": "Default: what the page says."})
    base_url = fields.String(
        load_default="",
        validate=validate.Length(max=URL_LENGTH),
        metadata={"description": "Address of the page, for links without a host."},
    )
    drop = _listed("Lines (`*` for any words) or `<elements>` to leave out.")
    headings = _listed("Lines of plain text that are headings.")
    draft = draft_number("Draft to write to. Default: a new one.")


class RecipientsQuery(Schema):
    """Query of an import of a list of recipients."""

    class Meta:
        unknown = RAISE

    policy = Key(load_default="privacy", metadata={"description": "Policy of the table."})
    table = Key(
        load_default="", metadata={"description": "Table that gets a row for each recipient."}
    )
    locale = _language("Language of the list.")
    map = _listed("What columns are, as `Head=field`; the others are told by their heads.")
    draft = draft_number("Draft to write to. Default: a new one, if there is anything to write.")


class NoteOut(Schema):
    """Something a person should look at."""

    line = fields.Integer(required=True, metadata={"description": "Line of the file, from 1."})
    kind = fields.String(
        required=True,
        validate=validate.OneOf(["not_placed", "left_out", "dropped", "changed", "guessed"]),
        metadata={
            "description": "`not_placed`: kept as words, because no field takes it; `left_out`: no "
            "text; `dropped`: as asked; `changed`; `guessed`."
        },
    )
    text = fields.String(required=True)
    detail = fields.String(required=True)


class MissingOut(Schema):
    """Something of the page that its edition would not hold."""

    line = fields.Integer(required=True)
    what = fields.String(required=True, validate=validate.OneOf(["sentence", "cell"]))
    text = fields.String(required=True)


class CountOut(Schema):
    """How much of a page its edition would hold."""

    sentences = fields.Integer(required=True)
    cells = fields.Integer(required=True)
    by_meaning = fields.Integer(
        required=True, metadata={"description": "Cells that are there as facts."}
    )
    percent = fields.Float(required=True)
    missing = fields.List(fields.Nested(MissingOut), required=True)


class ImportedOut(Schema):
    """Where what was brought is now."""

    draft = fields.Integer(required=True, allow_none=True)
    href = fields.String(required=True, allow_none=True, metadata={"description": "The draft."})
    entries = fields.List(
        fields.String(), required=True, metadata={"description": "Paths of what was written."}
    )
    notes = fields.List(
        fields.Nested(NoteOut),
        required=True,
        metadata={"description": "Everything guessed, changed, dropped or kept as words."},
    )


class ImportedPageOut(ImportedOut):
    """What came of a page."""

    count = fields.Nested(CountOut, required=True)


class ImportedRecipientsOut(ImportedOut):
    """What came of a list of recipients."""

    columns = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "Field that each column was taken for; empty for none."},
    )
    rows = fields.Integer(required=True)
