"""flask-smorest with this program's manners: strict input, problems, one name per operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final, NoReturn, Protocol, TypeVar, cast

import flask_smorest
import marshmallow as ma
import orjson
from apispec import APISpec
from flask import Flask, Request, g
from flask.json.provider import JSONProvider
from flask_smorest.spec.plugins import FlaskPlugin
from typing_extensions import override
from webargs.core import is_json, missing
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.routing import BaseConverter

from policy_api import __version__
from policy_api.domain.content.faults import faults, meant, shown
from policy_api.errors import N_, BadInput, BadQuery, PolicyError, Problem
from policy_api.web.problems import MEDIA_TYPE
from policy_api.web.schemas import ProblemOut

View = TypeVar("View", bound=Callable[..., Any])

OPENAPI_VERSION: Final = "3.1.0"
PAGE_SUFFIX: Final = ".html"


class Decorator(Protocol):
    """Takes a view and returns it with something added, of the same type."""

    def __call__(self, view: View, /) -> View:
        """Decorate a view."""
        ...


class BadBody(PolicyError):
    """The request body is not JSON."""

    slug, title, status = "bad-body", N_("The body is not valid JSON"), 400


class OrjsonProvider(JSONProvider):
    """Flask's JSON by orjson: members keep their order, what is no JSON is refused."""

    def dumps(self, obj: object, **_: object) -> str:
        """Return a value as JSON."""
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **_: object) -> Any:  # noqa: ANN401 -- JSON, as its base
        """Read JSON."""
        return orjson.loads(s)


class KeyConverter(BaseConverter):
    """A key of the source, as one segment of an address."""

    regex = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
    part_isolating = True


class NumberConverter(BaseConverter):
    """A number that counts from one, as one segment of an address.

    More digits than a column holds are no number of ours; asking a database for them would fail.
    """

    regex = "[1-9][0-9]{0,8}"
    part_isolating = True

    @override
    def to_python(self, value: str) -> int:
        return int(value)


class StrictParser(FlaskParser):
    """Reads requests without guessing: nothing unknown, nothing twice, JSON only as JSON."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": ma.RAISE,
    }

    def load_querystring(self, req: Request, schema: ma.Schema) -> dict[str, str]:
        """Return the query, and note it in ``g.query``; on HTML pages only the known part.

        People reach pages by links to which others have added parameters of their own.
        """
        given = dict(req.args.lists())
        if req.path.endswith(PAGE_SUFFIX):
            given = {name: values for name, values in given.items() if name in _names(schema)}
        repeated = [name for name, values in given.items() if len(values) > 1]
        g.query = {name: values[0] for name, values in given.items()}
        if repeated:
            # With whatever else is wrong, so that nobody has to ask once per mistake.
            twice = {name: ["Give it once."] for name in repeated}
            raise _bad_query({**schema.validate(g.query), **twice}, schema)
        return dict(g.query)

    def _raw_load_json(self, req: Request) -> Any:  # noqa: ANN401 -- JSON, as its base
        body = req.get_data(cache=True)
        if not body:
            return missing
        if not is_json(req.mimetype):
            raise UnsupportedMediaType
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise BadBody(f"Line {error.lineno}, column {error.colno}: {error.msg}.") from error

    def handle_error(
        self,
        error: ma.ValidationError,
        req: Request,  # noqa: ARG002 -- as its base
        schema: ma.Schema,
        **_: object,
    ) -> NoReturn:
        """Turn marshmallow's complaint into an error of ours."""
        messages: dict[str, Any] = dict(error.messages_dict)
        location, found = next(iter(messages.items()))
        if location == "query":
            raise _bad_query(found, schema) from error
        raise BadInput(problems=[_plain(each, schema) for each in faults(found)]) from error


def _plain(problem: Problem, schema: ma.Schema) -> Problem:
    """Return a problem in this program's words, where marshmallow had its own."""
    if problem.detail != _UNKNOWN_FIELD:
        return replace(problem, detail=_PLAINER.get(problem.detail, problem.detail))
    name = problem.pointer.removeprefix("/")
    hint = "" if "/" in name else meant(name, _names(schema))
    detail = f"There is no field '{shown(problem.pointer.rpartition('/')[2])}' here."
    return replace(problem, detail=detail, expected=hint)


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """A set of operations; the name of the function is the ``operationId``.

    Most methods only give flask-smorest's decorators the types it leaves out.
    """

    ARGUMENTS_PARSER = StrictParser()

    def get(self, rule: str, **options: object) -> Decorator:
        """Register a view for GET and HEAD."""
        return cast("Decorator", super().get(rule, **options))

    def post(self, rule: str, **options: object) -> Decorator:
        """Register a view for POST."""
        return cast("Decorator", super().post(rule, **options))

    def put(self, rule: str, **options: object) -> Decorator:
        """Register a view for PUT."""
        return cast("Decorator", super().put(rule, **options))

    def patch(self, rule: str, **options: object) -> Decorator:
        """Register a view for PATCH."""
        return cast("Decorator", super().patch(rule, **options))

    def delete(self, rule: str, **options: object) -> Decorator:
        """Register a view for DELETE."""
        return cast("Decorator", super().delete(rule, **options))

    def arguments(
        self,
        schema: type[ma.Schema] | ma.Schema,
        *,
        location: str = "json",
        **options: object,
    ) -> Decorator:
        """Read arguments; what is wrong with a query is a 400, with a body a 422."""
        if location == "query":
            options.setdefault("error_status_code", HTTPStatus.BAD_REQUEST.value)
        # Of a class, a new instance would be made for each request, which costs more than reading.
        schema = schema() if isinstance(schema, type) else schema
        return cast("Decorator", super().arguments(schema, location=location, **options))

    def response(self, status: int, schema: object = None, **options: object) -> Decorator:
        """Describe the answer, and make it from the schema unless the view made it itself."""
        return cast("Decorator", super().response(status, schema, **options))

    def alt_response(
        self, status: int, response: str | None = None, **options: object
    ) -> Decorator:
        """Describe another answer."""
        return cast("Decorator", super().alt_response(status, response, **options))

    @staticmethod
    def doc(**members: object) -> Decorator:
        """Add members to the description of an operation."""
        return cast("Decorator", flask_smorest.Blueprint.doc(**members))

    def _store_endpoint_docs(
        self,
        endpoint: str,
        obj: Any,  # noqa: ANN401 -- as its base
        parameters: list[Any] | None,
        tags: list[str] | None,
        **options: Any,  # noqa: ANN401 -- as its base
    ) -> None:
        super()._store_endpoint_docs(endpoint, obj, parameters, tags, **options)
        for method, doc in self._docs[endpoint].items():
            if method != "parameters":
                doc.setdefault("manual_doc", {}).setdefault("operationId", endpoint)


class Api(flask_smorest.Api):  # type: ignore[misc]
    """The OpenAPI document of the program; errors are not its business."""

    ERROR_SCHEMA = ProblemOut
    spec: APISpec
    flask_plugin: FlaskPlugin

    def _register_error_handlers(self) -> None:
        """Leave the app's own error handlers in place."""

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            response: dict[str, Any] = {"description": status.phrase}
            if status >= HTTPStatus.BAD_REQUEST:
                response["content"] = {MEDIA_TYPE: {"schema": ProblemOut}}
            self.spec.components.response(status.name, response, lazy=True)
        response = {
            "description": "Any other error.",
            "content": {MEDIA_TYPE: {"schema": ProblemOut}},
        }
        self.spec.components.response("DEFAULT_ERROR", response, lazy=True)


def register_api(app: Flask) -> Api:
    """Give an app its OpenAPI document and the converters of its addresses."""
    app.json = OrjsonProvider(app)
    app.url_map.converters |= {"key": KeyConverter, "number": NumberConverter}
    app.url_map.merge_slashes = False
    app.config.update(
        API_TITLE="Policy API", API_VERSION=__version__, OPENAPI_VERSION=OPENAPI_VERSION
    )
    api = Api(app)
    api.register_converter(KeyConverter, lambda _: {"type": "string", "pattern": _KEY_PATTERN})
    counted = {"type": "integer", "minimum": 1, "maximum": 999_999_999}
    api.register_converter(NumberConverter, lambda _: counted)
    return api


_UNKNOWN_FIELD: Final = "Unknown field."
_PLAINER: Final[Mapping[str, str]] = {
    "Invalid input type.": "This must be an object with fields.",
    "Missing data for required field.": "This is missing.",
    "Not a valid list.": "This must be a list.",
    "Not a valid string.": "This must be text.",
    "Not a valid integer.": "This must be a whole number.",
}
"""What marshmallow says of itself → the same in the words of the rest."""

_KEY_PATTERN: Final = f"^{KeyConverter.regex}$"


def _bad_query(messages: object, schema: ma.Schema) -> BadQuery:
    errors = [
        {"parameter": problem.pointer.strip("/").partition("/")[0], "detail": problem.detail}
        for problem in faults(messages)
    ]
    named = "; ".join(f"{error['parameter']}: {error['detail']}" for error in errors)
    known = ", ".join(_names(schema)) or "none"
    return BadQuery(f"{named} Known parameters: {known}.", errors=errors)


def _names(schema: ma.Schema) -> list[str]:
    """Return the names a schema reads, as clients write them."""
    return [field.data_key or name for name, field in schema.load_fields.items()]
