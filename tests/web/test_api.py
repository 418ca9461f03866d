"""Reading requests strictly, and describing them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, jsonify
from flask.testing import FlaskClient
from marshmallow import RAISE, Schema, fields

from policy_api.web.api import Api, Blueprint, register_api
from policy_api.web.limits import register_limits
from policy_api.web.problems import register_problems


class RowIn(Schema):
    """A row."""

    class Meta:
        unknown = RAISE

    key = fields.String(required=True)


class ThingIn(Schema):
    """A thing."""

    class Meta:
        unknown = RAISE

    title = fields.String(required=True)
    rows = fields.List(fields.Nested(RowIn))


class ThingQuery(Schema):
    """Query of things."""

    size = fields.Integer(data_key="max-size")


class ThingOut(Schema):
    """A thing as it is served."""

    title = fields.String()


@pytest.fixture
def app() -> Flask:
    """Return an app with one resource."""
    made = Flask("test")
    blp = Blueprint("things", "things")

    @blp.post("/things")
    @blp.arguments(ThingIn)
    @blp.response(201, ThingOut)
    def create_thing(body: dict[str, Any]) -> dict[str, Any]:
        """Create a thing."""
        return body

    @blp.get("/things/<key:name>")
    @blp.arguments(ThingQuery, location="query")
    @blp.response(200, ThingOut)
    def get_thing(query: dict[str, Any], *, name: str) -> Any:  # noqa: ANN401 -- a response
        """Return a thing."""
        return jsonify(query | {"name": name})

    register_limits(made)
    register_problems(made)
    api = register_api(made)
    api.register_blueprint(blp)
    made.extensions["test-api"] = api
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a client."""
    return app.test_client()


def test_a_body_is_read_and_an_answer_is_made_by_schema(client: FlaskClient) -> None:
    answer = client.post("/things", json={"title": "Ä"})

    assert (answer.status_code, answer.get_json()) == (201, {"title": "Ä"})


def test_every_mistake_in_a_body_is_pointed_to(client: FlaskClient) -> None:
    answer = client.post("/things", json={"rows": [{"key": "a"}, {"key": 1, "b/c": 2}], "x": 1})

    errors = answer.get_json()["errors"]
    assert answer.status_code == 422
    assert {error["pointer"] for error in errors} == {
        "/title",
        "/rows/1/key",
        "/rows/1/b~1c",
        "/x",
    }


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nan",
        b'{"title": NaN}',
        b'{"title": "\\ud800"}',
        b"\xff",
        b"[" * 100_000,
        b'{"title": "x"} trailing',
    ],
)
def test_a_body_that_is_no_json_is_refused(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/things", data=body, content_type="application/json")

    assert (answer.status_code, answer.get_json()["type"][-8:]) == (400, "bad-body")


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"1", b"null"])
def test_a_body_of_another_shape_is_refused(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/things", data=body, content_type="application/json")

    assert answer.status_code == 422


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
def test_a_body_of_another_type_is_refused(client: FlaskClient, kind: str | None) -> None:
    answer = client.post("/things", data=b'{"title": "x"}', content_type=kind)

    assert answer.status_code == 415


def test_no_body_lacks_what_is_required(client: FlaskClient) -> None:
    assert client.post("/things").status_code == 422


def test_a_body_that_is_too_large_is_refused(client: FlaskClient) -> None:
    answer = client.post("/things", data=b" " * 2_000_000, content_type="application/json")

    assert answer.status_code == 413
    assert "at most 1 MiB" in answer.get_json()["detail"]


def test_a_query_is_known_by_the_names_clients_write(client: FlaskClient) -> None:
    good = client.get("/things/a?max-size=3")
    bad = client.get("/things/a?size=3")

    assert good.get_json() == {"size": 3, "name": "a"}
    assert (bad.status_code, bad.get_json()["errors"][0]["parameter"]) == (400, "size")


@pytest.mark.parametrize("key", ["A", "-a", "a-", "a_b", "a.b", "é", "a%2Fb", "x" * 64])
def test_what_is_no_key_is_no_address(client: FlaskClient, key: str) -> None:
    assert client.get(f"/things/{key}").status_code == 404


def test_the_document_names_operations_by_their_functions(app: Flask) -> None:
    api: Api = app.extensions["test-api"]

    paths = api.spec.to_dict()["paths"]

    assert paths["/things"]["post"]["operationId"] == "create_thing"
    assert paths["/things/{name}"]["get"]["operationId"] == "get_thing"
    assert set(paths["/things"]["post"]["responses"]) == {"201", "422", "default"}
    assert set(paths["/things/{name}"]["get"]["responses"]) == {"200", "400", "default"}
