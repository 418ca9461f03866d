"""The fields of content as JSON Schema, one by one; see ``json_schema`` for the whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from marshmallow import fields

from policy_api.domain.blocks.cookies import Lifetime
from policy_api.domain.blocks.field import BlockField
from policy_api.domain.content import fields as plain
from policy_api.domain.content import list_fields as lists
from policy_api.domain.content import web_fields as web
from policy_api.domain.content.keys import KEY_PATTERN
from policy_api.domain.content.limits import (
    EMAIL_LENGTH,
    HOST_LENGTH,
    PATH_LENGTH,
    URL_LENGTH,
    VALUE_LENGTH,
)
from policy_api.domain.content.paths import NODE_EXAMPLES, NODE_FORMS
from policy_api.domain.content.placeholders import TYPES
from policy_api.domain.content.vocabulary import Scheme
from policy_api.domain.entries import overlay
from policy_api.domain.entries.policy import Declarations
from policy_api.domain.entries.site import Pages

Json = dict[str, Any]

_LINE: Final = r"^\s*\S[^\n\t]*\s*$"
_PERIOD: Final = r"P(?=\d)(?:\d+W|(?:\d+Y)?(?:\d+M)?(?:\d+D)?)"
_VARIABLE: Final = "[a-z][a-z0-9_-]{0,62}"


def ref(name: str) -> Json:
    """Return a reference to a definition."""
    return {"$ref": f"#/$defs/{name}"}


def scheme_name(scheme: Scheme) -> str:
    """Return the name of the definition of a scheme's terms."""
    return scheme.value.replace("_", "-")


def text(title: str, longest: int, pattern: str = "") -> Json:
    """Return the schema of a text."""
    form: Json = {"title": title, "type": "string", "minLength": 1, "maxLength": longest}
    return {**form, "pattern": pattern} if pattern else form


def named(title: str, *, names: str, values: Json) -> Json:
    """Return the schema of an object whose field names the author chooses."""
    return {
        "title": title,
        "type": "object",
        "propertyNames": {"pattern": f"^(?:{names})$"},
        "additionalProperties": {"anyOf": [values, {"type": "null"}]},
    }


def _patterned(title: str, pattern: str) -> Json:
    return {"title": title, "type": "string", "pattern": f"^{pattern}$"}


def _localized(longest: int) -> Json:
    line = text("line", longest, _LINE)
    names = {"type": "object", "minProperties": 1, "additionalProperties": line}
    return {"title": "line, or locale → line", "anyOf": [line, names]}


_KEY: Final = _patterned("key", KEY_PATTERN)
_SITES: Final[Json] = {"type": "array", "items": _KEY, "minItems": 1, "uniqueItems": True}
_PATH: Final = text("path on the site", PATH_LENGTH, r"^\s*/(?!/)")

FIXED: Final[Mapping[type[fields.Field[Any]], Json]] = {
    plain.Key: _KEY,
    plain.Flag: {"title": "true or false", "type": "boolean"},
    plain.Locale: _patterned("language tag", "[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*"),
    plain.Country: ref("country"),
    plain.Region: ref("region"),
    web.Host: text("host name", HOST_LENGTH, r"^[a-z0-9][a-z0-9.-]*$"),
    web.HttpsUrl: text("https address", URL_LENGTH, r"^\s*https://"),
    web.UrlTemplate: text(
        "https address, also from placeholders", URL_LENGTH, r"^\s*(?:https://|\{)"
    ),
    web.Email: text("e-mail address", EMAIL_LENGTH, r"^\s*[^@\s]+@[^@\s]+\s*$"),
    web.Phone: _patterned("telephone number", r"\s*\+?[0-9][0-9 ()./-]{2,38}\s*"),
    web.SitePath: _PATH,
    web.Period: _patterned("ISO 8601 period", rf"\s*{_PERIOD}\s*"),
    Lifetime: _patterned("ISO 8601 period, or `session`", rf"\s*(?:{_PERIOD}|session)\s*"),
    lists.Category: {
        "title": "key of a category, or term",
        "anyOf": [_KEY, ref(scheme_name(Scheme.DATA_CATEGORY))],
    },
    lists.SiteKey: _patterned("`*` or key of a site", rf"(?:\*|{KEY_PATTERN})"),
    lists.SiteChoice: {
        "title": "`*`, or list of keys of sites",
        "anyOf": [{"const": "*"}, _SITES],
    },
    Pages: named("policy → path on the site", names=KEY_PATTERN, values=_PATH),
    Declarations: named(
        "placeholder → type",
        names=rf"(?:site|organization)\.{_VARIABLE}",
        values={"enum": list(TYPES)},
    ),
    overlay.SourceHash: _patterned("hash", "sha256:[0-9a-f]{64}"),
    overlay.FieldPath: _patterned("path of a field", "[a-z0-9][a-z0-9_/-]*"),
    overlay.Variable: _patterned("placeholder", rf"(?:[a-z_]+\.)?{_VARIABLE}"),
    BlockField: ref("block"),
    overlay.OpField: ref("op"),
}
"""Field → its schema, where every field of the class has the same."""

FORMS: Final[Mapping[type[fields.Field[Any]], Callable[[Any], Json]]] = {
    plain.ContentText: lambda field: text("text", field.longest),
    plain.Line: lambda field: text("line", field.longest, _LINE),
    plain.Name: lambda field: text("line", field.longest, _LINE),
    plain.Markdown: lambda field: text("Markdown", field.longest),
    plain.Word: lambda field: {"enum": list(field.words)},
    plain.Whole: lambda field: {
        "title": "whole number",
        "type": "integer",
        "minimum": field.lowest,
        "maximum": field.highest,
    },
    plain.LocalizedName: lambda field: _localized(field.longest),
    plain.Code: lambda field: ref(scheme_name(field.scheme)),
    lists.Several: lambda field: {
        "type": "array",
        "minItems": field.fewest,
        "maxItems": field.most,
        "uniqueItems": not isinstance(field, overlay.Ops),
    },
    lists.Variables: lambda field: named(
        "placeholder → value",
        names=rf"(?:{field.prefix.rstrip('.')}\.)?{_VARIABLE}",
        values=_localized(VALUE_LENGTH),
    ),
    overlay.Target: lambda field: _patterned(
        " or ".join(f"`{NODE_EXAMPLES[kind]}`" for kind in field.kinds),
        f"(?:{'|'.join(NODE_FORMS[kind].pattern for kind in field.kinds)})",
    ),
}
"""Field → its schema, where it depends on what the field was made with."""


def own_form(field: fields.Field[Any]) -> Json:
    """Return the schema of a field without what is nested in it; of a strange one, anything."""
    for each in type(field).__mro__:
        if each in FIXED:
            return dict(FIXED[each])
        if each in FORMS:
            return FORMS[each](field)
    return {}
