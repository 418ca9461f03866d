"""Wire schemas that every room shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields


class ProblemErrorOut(Schema):
    """One thing that is wrong with the input."""

    pointer = fields.String(
        metadata={"description": "RFC 6901 pointer into the body.", "examples": ["/sections/0/key"]}
    )
    parameter = fields.String(metadata={"description": "Name of the query parameter."})
    detail = fields.String(required=True, metadata={"description": "What is wrong, in words."})
    file = fields.String(metadata={"description": "File inside a bundle."})
    line = fields.Integer(metadata={"description": "Line in that file, from 1."})
    expected = fields.String(metadata={"description": "What would have been accepted."})


class ProblemOut(Schema):
    """Problem details, RFC 9457. Some types add members of their own."""

    type = fields.String(
        required=True,
        metadata={
            "description": "Names the kind of problem; compare it as text.",
            "examples": ["urn:problem-type:policy-api:not-found"],
        },
    )
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String()
    instance = fields.String(required=True, metadata={"description": "Path of the request."})
    errors = fields.List(fields.Nested(ProblemErrorOut))


class ByName(fields.Dict):
    """An object whose names the client chooses; a fault points at the name it is about."""

    default_error_messages = {
        "invalid": "This must be an object, a name and a value for each.",
    }

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 -- as its base
        try:
            return super()._deserialize(value, *args, **kwargs)  # type: ignore[no-untyped-call]
        except ValidationError as error:
            if not isinstance(error.messages, Mapping):
                raise
            # marshmallow tells apart what is wrong with a name and with its value; pointers cannot.
            raise ValidationError(
                {
                    name: [each for part in found.values() for each in _flat(part)]
                    for name, found in error.messages.items()
                }
            ) from error


def _flat(messages: Any) -> list[Any]:  # noqa: ANN401 -- marshmallow's messages
    return messages if isinstance(messages, list) else [messages]


class NoBody(Schema):
    """Body of an operation that takes nothing."""

    class Meta:
        unknown = RAISE


class NoQuery(Schema):
    """Query of a resource that takes no parameters."""


class HealthOut(Schema):
    """State of the process."""

    status = fields.String(required=True, metadata={"examples": ["ok"]})
