"""JSON Schema of each message that a webhook receiver gets, for the OpenAPI document and people.

Receivers must ignore members they do not know: more may come.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from policy_api.domain.changes.types import Significance
from policy_api.notification.filters import EVENT_TYPES

Schema = dict[str, Any]

PINGS: Final = ("endpoint.verify", "endpoint.test")
KINDS: Final = ("change", "correction", "withdrawal")

WHAT: Final[Mapping[str, str]] = {
    "policy.published": "A new text can be read; perhaps it takes effect later.",
    "policy.effective": "A text has taken effect.",
    "policy.withdrawn": "An announced text was taken back and will not take effect.",
    "endpoint.verify": "A challenge. Answer 2xx and repeat it, as text or as JSON member.",
    "endpoint.test": "Means nothing. Somebody wanted to see whether messages arrive.",
}

_INSTANT: Final[Schema] = {"type": "string", "format": "date-time"}
_DIGEST: Final[Schema] = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
_BY_LOCALE: Final[Schema] = {
    "type": "object",
    "description": "Locale (BCP 47) → text.",
    "additionalProperties": {"type": "string"},
}


def event_schema(type_: str) -> Schema:
    """Return the schema of a message's body."""
    is_event = type_ in EVENT_TYPES
    members: Schema = {
        "type": {"const": type_},
        "timestamp": {**_INSTANT, "description": "When it happened."},
    }
    if is_event:
        members["sequence"] = {
            "type": "integer",
            "minimum": 1,
            "description": "Counts all events without a gap; what is missing is in /v1/changes.",
        }
    members["data"] = _policy(type_) if is_event else _ping(type_)
    return _object(members, description=WHAT[type_])


def event_schemas() -> dict[str, Schema]:
    """Return the schemas of all messages by their type."""
    return {type_: event_schema(type_) for type_ in (*EVENT_TYPES, *PINGS)}


def webhooks() -> dict[str, Any]:
    """Return the ``webhooks`` object of the OpenAPI document."""
    return {type_: {"post": _operation(type_, schema)} for type_, schema in event_schemas().items()}


def _operation(type_: str, schema: Schema) -> dict[str, Any]:
    return {
        "summary": WHAT[type_],
        "tags": ["webhooks"],
        "parameters": [_header(name, text) for name, text in _HEADERS.items()],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {
            "2XX": {"description": "Taken. Everything else is tried again, for about a week."},
            "410": {"description": "Never again: the endpoint is stopped at once."},
        },
    }


_HEADERS: Final[Mapping[str, str]] = {
    "webhook-id": "The same for every attempt and replay of a message.",
    "webhook-timestamp": "Of this attempt, in seconds since 1970. Refuse what is old.",
    "webhook-signature": "Signatures of `id.timestamp.body`, separated by spaces: `v1,` and an "
    "HMAC-SHA256, or `v1a,` and an Ed25519 signature, in Base64.",
}


def _header(name: str, description: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": True,
        "description": description,
        "schema": {"type": "string"},
    }


def _policy(type_: str) -> Schema:
    members: Schema = {
        "policy": {"type": "string"},
        "release": {"type": "integer", "minimum": 1},
        "kind": {"enum": list(KINDS)},
        "significance": {"enum": [level.value for level in Significance]},
        "effective_at": _INSTANT,
        "title": _BY_LOCALE,
        "summary": _BY_LOCALE,
        "sites": {"type": "array", "items": _site()},
        "chain_head": {**_DIGEST, "description": "Covers this release and all before it."},
    }
    if type_ == "policy.withdrawn":
        members["withdraws"] = {
            "type": "integer",
            "description": "Number of the release that is taken back.",
        }
    schema = _object(members)
    schema["properties"]["sites_total"] = {
        "type": "integer",
        "description": "Number of all sites, where the list had no room for some.",
    }
    return schema


def _site() -> Schema:
    return _object(
        {
            "site": {"type": "string"},
            "version": {"type": "integer", "minimum": 1},
            "previous": {"type": ["integer", "null"]},
            "effective_at": _INSTANT,
            "digest": {**_DIGEST, "description": "Of the edition in the source locale."},
            "href": {"type": "string", "description": "Path of the version."},
            "diff": {"type": ["string", "null"], "description": "Path of the differences."},
            "changes": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Types of the changes, each once.",
            },
        }
    )


def _ping(type_: str) -> Schema:
    members: Schema = {"endpoint": {"type": "string"}}
    if type_ == "endpoint.verify":
        members["challenge"] = {"type": "string"}
    return _object(members)


def _object(members: Schema, *, description: str = "") -> Schema:
    schema: Schema = {"type": "object", "required": list(members), "properties": members}
    return {"description": description, **schema} if description else schema
