"""Wire schemas that every room shares."""

from __future__ import annotations

from marshmallow import Schema, fields


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


class NoQuery(Schema):
    """Query of a resource that takes no parameters."""


class HealthOut(Schema):
    """State of the process."""

    status = fields.String(required=True, metadata={"examples": ["ok"]})
