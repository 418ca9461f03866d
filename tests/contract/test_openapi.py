"""The OpenAPI document: valid, complete, and true."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

pytestmark = pytest.mark.sqlite_only

UNDESCRIBED = {"show_docs", "get_docs_asset"}
"""The page for people that shows the document."""


@pytest.fixture
def document(client: FlaskClient) -> Any:  # noqa: ANN401 -- JSON
    """Return the document as it is served."""
    return client.get("/v1/openapi.json").get_json()


def operations(document: Any) -> list[tuple[str, str, Any]]:  # noqa: ANN401 -- JSON
    return [
        (path, method, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    ]


def test_the_document_is_valid_openapi_3_1(document: Any) -> None:  # noqa: ANN401 -- JSON
    errors = list(OpenAPIV31SpecValidator(document).iter_errors())

    assert document["openapi"] == "3.1.0"
    assert errors == []


def test_every_address_is_described(app: Flask, document: Any) -> None:  # noqa: ANN401 -- JSON
    described = {operation["operationId"] for _, _, operation in operations(document)}

    views = {rule.endpoint.rpartition(".")[2] for rule in app.url_map.iter_rules()}

    assert described == views - UNDESCRIBED


def test_operations_have_names_of_their_own_and_say_what_they_do(
    document: Any,  # noqa: ANN401 -- JSON
) -> None:
    found = operations(document)

    names = [operation["operationId"] for _, _, operation in found]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z_]+", name) for name in names)
    assert all(operation["summary"].endswith(".") for _, _, operation in found)


def test_every_parameter_is_explained(document: Any) -> None:  # noqa: ANN401 -- JSON
    silent = [
        (path, parameter["name"])
        for path, _, operation in operations(document)
        for parameter in operation.get("parameters", [])
        if not parameter.get("description")
    ]

    assert silent == []


def test_errors_are_described_as_problems(document: Any) -> None:  # noqa: ANN401 -- JSON
    responses = document["components"]["responses"]
    errors = [name for name in responses if HTTPStatus.__members__.get(name, 500) >= 400]

    assert {next(iter(responses[name]["content"])) for name in errors} == {
        "application/problem+json"
    }


def test_the_document_names_no_host(document: Any) -> None:  # noqa: ANN401 -- JSON
    assert document["servers"] == [{"url": "/"}]
