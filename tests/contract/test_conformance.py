"""Generated requests: every answer is one the OpenAPI document announces, and none is a 500."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reading.published import CORRECTED
from tests.reading.told import Told

KNOWN = {
    "site": "shop",
    "policy": "privacy",
    "section": "welcome",
    "table": "services",
    "version": "2",
}
"""Parts of addresses that lead somewhere; generated ones rarely do."""

SECRETS = (
    "Traceback",
    'File "',
    "sqlite3.",
    "sqlalchemy",
    "psycopg",
    "werkzeug",
    "/site-packages/",
)
"""What is inside; whoever sees one of these learns how the program is built."""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Yield an app over a fresh database with the small history."""
    folder: Path = tmp_path_factory.mktemp("conformance")
    told = Told(folder=folder)
    with time_machine.travel(CORRECTED, tick=False):
        yield told.app("sqlite", CORRECTED)
    told.close()


def test_every_answer_is_as_the_document_says(published: Flask) -> None:
    # Importing it takes a second, which only this test should pay.
    from schemathesis import openapi  # noqa: PLC0415

    document: Any = openapi.from_wsgi("/v1/openapi.json", published)

    for found in document.get_all_operations():
        check(found.ok())


def check(operation: Any) -> None:  # noqa: ANN401 -- schemathesis' own
    from schemathesis.specs.openapi.checks import positive_data_acceptance  # noqa: PLC0415

    @settings(max_examples=20, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(), is_known=st.booleans())
    def conforms(case: Any, is_known: bool) -> None:  # noqa: ANN401, FBT001 -- drawn
        if is_known and case.path_parameters:
            case.path_parameters.update(
                {name: KNOWN[name] for name in case.path_parameters if name in KNOWN}
            )
        # Its client asks for codings that it does not undo.
        answer = case.call(headers={"Accept-Encoding": "identity"})
        # No schema can say which language tags are registered or which days exist.
        case.validate_response(answer, excluded_checks=[positive_data_acceptance])
        assert [secret for secret in SECRETS if secret in answer.text] == []
        # Nobody is ever sent elsewhere, so nobody can be sent where an attacker wants.
        assert "location" not in answer.headers or answer.status_code == HTTPStatus.CREATED

    conforms()
