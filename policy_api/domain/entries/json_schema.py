"""Kinds of entries and blocks as JSON Schema 2020-12, for editors that help while one writes.

An editor sees one file and one field at a time. What it accepts may still be refused by
``policy-api check``, which sees everything; what the editor refuses is refused there too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from marshmallow import fields

from policy_api.domain.blocks.base import BLOCK_KINDS
from policy_api.domain.blocks.field import block_schema
from policy_api.domain.content.list_fields import Several
from policy_api.domain.content.schema import ContentSchema
from policy_api.domain.content.sentences import sentences, summary
from policy_api.domain.content.vocabulary import COUNTRIES, REGIONS, TERMS, Scheme, fits
from policy_api.domain.entries.json_fields import Json, named, own_form, ref, scheme_name
from policy_api.domain.entries.kind import EntryKind
from policy_api.domain.entries.locale import Units, UnitSchema
from policy_api.domain.entries.overlay import OP_SCHEMAS, op_schema

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_OWN_TERM: Final = "^x:[A-Za-z][A-Za-z0-9_-]{0,99}$"


def entry_schema(kind: EntryKind) -> Json:
    """Return the schema of a kind of entry, complete in itself."""
    body = object_schema(kind.loader)
    known = _definitions()
    return {
        "$schema": DIALECT,
        "$id": f"urn:policy-api:schema:{kind.slug}",
        "title": kind.name,
        "description": summary(kind.schema),
        **body,
        "$defs": {name: known[name] for name in sorted(_reached(body, known))},
    }


def object_schema(schema: ContentSchema) -> Json:
    """Return the schema of one object."""
    told = sentences(type(schema))
    properties: Json = {}
    for name, field in schema.load_fields.items():
        form = field_schema(field)
        if not field.required and name not in schema.null_allowed:
            form = _or_null(form)
        properties[name] = {**form, "description": told[name]} if name in told else form
    required = [name for name, field in schema.load_fields.items() if field.required]
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def field_schema(field: fields.Field[Any]) -> Json:
    """Return the schema of a field's value."""
    if isinstance(field, fields.Nested) and isinstance(field.schema, ContentSchema):
        return object_schema(field.schema)
    if isinstance(field, Units):
        unit = {"anyOf": [{"type": "string", "minLength": 1}, object_schema(UnitSchema())]}
        return named("address → text, or unit", names=field.form.pattern, values=unit)
    if isinstance(field, Several):
        return {**own_form(field), "items": field_schema(field.inner)}
    return own_form(field)


def _or_null(form: Json) -> Json:
    """Accept null too: it is the same as leaving the field out."""
    if "enum" in form:
        return {**form, "enum": [*form["enum"], None]}
    if "type" in form:
        return {**form, "type": [form["type"], "null"]}
    return {"anyOf": [form, {"type": "null"}]} if form else form


def _reached(body: Json, known: Json) -> set[str]:
    """Return the definitions that are needed, directly or through others."""
    reached: set[str] = set()
    left = set(_references(body))
    while left:
        each = left.pop()
        reached.add(each)
        left |= set(_references(known[each])) - reached
    return reached


def _references(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"].rpartition("/")[2]
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def _definitions() -> Json:
    """Return everything that more than one place refers to."""
    blocks = BLOCK_KINDS.names()
    return {
        "country": {"title": "country code", "enum": sorted(COUNTRIES)},
        "region": {"title": "region code", "enum": sorted(REGIONS)},
        **{scheme_name(scheme): _terms(scheme) for scheme in Scheme},
        "block": _chosen_by("kind", blocks, prefix="block"),
        **{f"block-{name}": _of_kind("kind", name, block_schema(name)) for name in blocks},
        "op": _chosen_by("op", OP_SCHEMAS, prefix="op"),
        **{f"op-{name}": _of_kind("op", name, op_schema(name)) for name in OP_SCHEMAS},
    }


def _of_kind(field: str, name: str, schema: ContentSchema) -> Json:
    found = object_schema(schema)
    found["properties"][field] = {**found["properties"][field], "const": name}
    return {"description": summary(type(schema)), **found}


def _chosen_by(field: str, choices: Iterable[str], *, prefix: str) -> Json:
    """Return the schema of an object of which one field says which others it has."""
    known = list(choices)
    return {
        "title": prefix,
        "type": "object",
        "required": [field],
        "properties": {field: {"enum": known}},
        "allOf": [
            {
                "if": {"properties": {field: {"const": each}}, "required": [field]},
                "then": ref(f"{prefix}-{each}"),
            }
            for each in known
        ],
    }


def _terms(scheme: Scheme) -> Json:
    known = [code for code in TERMS if fits(code, scheme)]
    return {
        "title": f"term: {scheme.value.replace('_', ' ')}",
        "anyOf": [{"enum": known}, {"type": "string", "pattern": _OWN_TERM}],
    }
