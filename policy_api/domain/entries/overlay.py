"""An overlay: what one site does differently, as an ordered list of ops."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from marshmallow import ValidationError, fields, validates_schema

from policy_api.domain.blocks.field import BlockField
from policy_api.domain.content.faults import Fault, meant, refusal, shown
from policy_api.domain.content.fields import (
    ContentText,
    Key,
    Line,
    LocalizedName,
    written_prose,
)
from policy_api.domain.content.limits import (
    ITEMS,
    MARKDOWN_LENGTH,
    OPS,
    VALUE_LENGTH,
    YAML_DEPTH,
)
from policy_api.domain.content.list_fields import Several
from policy_api.domain.content.paths import NODE_EXAMPLES, is_field_path, node_kind
from policy_api.domain.content.placeholders import BUILT_IN, DECLARED_FORM, is_declarable
from policy_api.domain.content.schema import ContentSchema
from policy_api.domain.entries.kind import EntryKind
from policy_api.domain.entries.section import SectionSchema
from policy_api.domain.entries.table import RowSchema
from policy_api.domain.entries.translatable import accepted_text, form_of

_HASH = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)


class SourceHash(ContentText):
    """The hash of the text that something was made from."""

    def accepted(self, value: object) -> str:
        """Return a hash."""
        if isinstance(value, str) and _HASH.fullmatch(value):
            return value
        raise refusal(
            f"“{shown(value)}” is no hash.", "sha256: and 64 digits, or no field: it is filled in"
        )


class Target(ContentText):
    """The address of a node."""

    def __init__(self, *kinds: str, **options: Any) -> None:  # noqa: ANN401
        super().__init__(**options)
        self.kinds = kinds

    def accepted(self, value: object) -> str:
        """Return the address of a node of one of the kinds."""
        if isinstance(value, str) and node_kind(value) in self.kinds:
            return value
        forms = " or ".join(NODE_EXAMPLES[kind] for kind in self.kinds)
        raise refusal(f"“{shown(value)}” is not what this op works on.", forms)


class FieldPath(ContentText):
    """The path of a field inside a node."""

    def accepted(self, value: object) -> str:
        """Return a path."""
        if isinstance(value, str) and is_field_path(value):
            return value
        raise refusal(f"“{shown(value)}” is no field.", "such as markdown, or items/usage/purpose")


class Variable(ContentText):
    """The name of a placeholder, with or without ``site.`` before it."""

    def accepted(self, value: object) -> str:
        """Return the full name."""
        name = value if isinstance(value, str) and "." in value else f"site.{value}"
        if is_declarable(name) or (name in BUILT_IN and name != "site.key"):
            return name
        raise refusal(f"“{shown(value)}” cannot be set.", DECLARED_FORM)


class OpSchema(ContentSchema):
    """What every op has."""

    op = ContentText(required=True)
    """What is done."""


class OverrideSchema(OpSchema):
    """Another value for one field of a section, a block or a table."""

    null_allowed = frozenset({"value"})

    target = Target("section", "block", "table", required=True)
    """Section, block or table."""

    field = FieldPath(required=True)
    """Field inside it: `markdown`, `items/usage/purpose`."""

    value = fields.Raw(required=True, allow_none=True)
    """Another value; null says that the site does not state it."""

    source_hash = SourceHash()
    """Hash of the text below, filled in when the bundle is published; tells when the override
    is stale."""

    reason = Line()
    """Why; for the record."""

    @validates_schema
    def clean_value(self, op: dict[str, Any], **_: object) -> None:
        """Bring the value into stored form.

        :raises ValidationError: If it cannot stand in that field.
        """
        if "value" not in op or "field" not in op:
            return
        try:
            op["value"] = overriding_value(op["field"], op["value"])
        except ValidationError as error:
            raise ValidationError({"value": error.messages}) from error


class OverrideRowSchema(OverrideSchema):
    """Another value for one field of a row."""

    target = Target("row", required=True)
    """Row."""


class HideSchema(OpSchema):
    """A section or block that the site does not show."""

    target = Target("section", "block", required=True)
    """Section or block."""

    reason = Line()
    """Why; for the record."""


class HideRowSchema(OpSchema):
    """A row that the site does not show."""

    target = Target("row", required=True)
    """Row."""

    reason = Line()
    """Why; for the record."""


class InsertedSectionSchema(SectionSchema):
    """A section that only the site has."""

    key = Key(required=True)
    """Key that no section of the policy has."""

    class Meta(SectionSchema.Meta):
        fields = ("key", "heading", "anchor", "layer", "locked", "blocks")


class InsertSchema(OpSchema):
    """A section next to a section, or a block next to a block."""

    target = Target("section", "block", required=True)
    """Section or block that the new one stands next to."""

    section = fields.Nested(InsertedSectionSchema)
    """The new section, next to a section."""

    block = BlockField()
    """The new block, next to a block."""

    @validates_schema(skip_on_field_errors=True)
    def check_fit(self, op: Mapping[str, Any], **_: object) -> None:
        """Refuse what cannot stand next to its target.

        :raises ValidationError: Saying what could.
        """
        if ("section" in op) == ("block" in op):
            raise ValidationError([Fault("One thing is inserted at a time.", "section or block")])
        kind = node_kind(op["target"])
        if kind is not None and kind not in op:
            fault = Fault(
                f"A {'block' if kind == 'section' else 'section'} cannot stand there.",
                f"a {kind}, or the address of a {'block' if kind == 'section' else 'section'}",
            )
            raise ValidationError({"target": [fault]})


class AppendRowSchema(OpSchema):
    """A row that only the site has."""

    target = Target("table", required=True)
    """Table."""

    row = fields.Nested(RowSchema, required=True)
    """The new row, with the fields of a row of a table."""


class SetVarSchema(OpSchema):
    """Another value for a placeholder."""

    name = Variable(required=True)
    """Placeholder, with or without `site.` before it."""

    value = LocalizedName(longest=VALUE_LENGTH, required=True)
    """Its value on this site."""


OP_SCHEMAS: Final[Mapping[str, type[OpSchema]]] = {
    "override": OverrideSchema,
    "hide": HideSchema,
    "insert_before": InsertSchema,
    "insert_after": InsertSchema,
    "append_row": AppendRowSchema,
    "hide_row": HideRowSchema,
    "override_row": OverrideRowSchema,
    "set_var": SetVarSchema,
}
"""Op → its fields."""


@lru_cache(maxsize=16)
def op_schema(name: str) -> OpSchema:
    """Return the schema of an op, made once."""
    return OP_SCHEMAS[name]()


class OpField(fields.Field[dict[str, Any]]):
    """An op; its name says which other fields it has."""

    default_error_messages = {"null": "An op is missing here."}

    def _deserialize(
        self,
        value: Any,  # noqa: ANN401 -- anything was sent
        attr: str | None,  # noqa: ARG002 -- marshmallow's signature
        data: Mapping[str, Any] | None,  # noqa: ARG002
        **_: object,
    ) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise refusal("This must be an op.", "an object with op, target and so on")
        name = value.get("op")
        if not isinstance(name, str) or name not in OP_SCHEMAS:
            raise ValidationError(
                {"op": [Fault(f"There is no op “{shown(name)}”.", meant(str(name), OP_SCHEMAS))]}
            )
        op: dict[str, Any] = op_schema(name).load(value)
        return op


class Ops(Several):
    """Ops in order; the same one may come twice."""

    def _members(self, value: list[Any]) -> list[Any]:
        members, wrong = [], {}
        for index, each in enumerate(value):
            try:
                members.append(self.inner.deserialize(each))
            except ValidationError as error:
                wrong[index] = error.messages
        if wrong:
            raise ValidationError(wrong)
        return members


class OverlaySchema(ContentSchema):
    """The ops of a site."""

    ops = Ops(OpField(), most=OPS, required=True)
    """Ops in the order in which they are applied."""


OVERLAY = EntryKind(
    name="overlay", template="policies/{policy}/overlays/{site}", schema=OverlaySchema
)


def overriding_value(field: str, value: object) -> object:
    """Return a value as it is stored for a field: texts clean, everything else as it came.

    Whether the field may hold it depends on the node, and is checked where the overlay is laid
    over it.

    :raises ValidationError: If a text is not clean.
    """
    if isinstance(value, str) and form_of(field) is not None:
        return accepted_text(field, value)
    return _clean(value, 0)


def _clean(value: object, depth: int) -> object:
    if depth > YAML_DEPTH:
        raise refusal("The value is nested too deep.", f"at most {YAML_DEPTH} levels")
    if isinstance(value, str):
        return written_prose(value, longest=MARKDOWN_LENGTH)
    if isinstance(value, list):
        if len(value) > ITEMS:
            raise refusal(f"The list has {len(value)} members.", f"at most {ITEMS}")
        return [_clean(each, depth + 1) for each in value]
    if isinstance(value, Mapping):
        return _clean_object(value, depth)
    if value is None or isinstance(value, bool | int):
        return value
    raise refusal(f"“{shown(value)}” is no text, number, list or object.", "one of these")


def _clean_object(value: Mapping[object, object], depth: int) -> dict[str, object]:
    for name in value:
        if not isinstance(name, str) or "/" in name or not is_field_path(name):
            raise refusal(f"“{shown(name)}” cannot name a field.", "lower-case letters, digits, _")
    stated = {str(name): inner for name, inner in value.items() if inner is not None}
    return {name: _clean(stated[name], depth + 1) for name in sorted(stated)}
