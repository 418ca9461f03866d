"""Every error as a problem that tells nothing of the program."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from policy_api.errors import BadInput, Conflict, NotFound, PolicyError, Problem, Unavailable
from policy_api.web.problems import register_problems

SECRETS = ("Traceback", "File ", "sqlite3", "psycopg", "SELECT", "/srv/", "secret")


class Unauthorized(PolicyError):
    """A token is missing."""

    slug, title, status = "test-unauthorized", "Who are you?", 401


class TooMany(PolicyError):
    """Too much was asked."""

    slug, title, status = "test-too-many", "Too many", 429


def refuse(error: Exception) -> FlaskClient:
    """Return a client of an app whose only view raises."""
    app = Flask("test")
    register_problems(app)

    @app.route("/x", methods=["GET", "POST"])
    def view() -> str:
        raise error

    return app.test_client()


def test_an_error_of_ours_is_told_with_its_facts() -> None:
    at = datetime(2026, 4, 9, tzinfo=UTC)

    answer = refuse(Conflict("It changed.", newest=3, earliest=at)).get("/x")

    assert answer.mimetype == "application/problem+json"
    assert answer.get_json() == {
        "type": "urn:problem-type:policy-api:conflict",
        "title": Conflict.title,
        "status": 409,
        "detail": "It changed.",
        "instance": "/x",
        "newest": 3,
        "earliest": "2026-04-09T00:00:00Z",
    }
    assert answer.headers["Cache-Control"] == "no-store"


def test_facts_do_not_replace_what_the_standard_defines() -> None:
    answer = refuse(NotFound("No.", status=200, type="x", instance="/y")).get("/x")

    problem = answer.get_json()
    assert (problem["status"], problem["instance"]) == (404, "/x")
    assert problem["type"].endswith(":not-found")


def test_bad_input_points_to_every_place() -> None:
    found = [
        Problem("Too long.", pointer="/title", expected="at most 10 characters"),
        Problem("Unknown.", pointer="/x", file="a.yaml", line=3),
    ]

    problem = refuse(BadInput(problems=found)).get("/x").get_json()

    assert problem["errors"] == [
        {"pointer": "/title", "detail": "Too long.", "expected": "at most 10 characters"},
        {"pointer": "/x", "detail": "Unknown.", "file": "a.yaml", "line": 3},
    ]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OperationalError("SELECT secret", {}, Exception("sqlite3 /srv/db")), 503),
        (PoolTimeout("psycopg /srv/"), 503),
        (Unavailable(), 503),
        (RuntimeError("secret /srv/file"), 500),
        (RecursionError("secret"), 500),
        (KeyError("secret"), 500),
        (MemoryError(), 500),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "secret"), 500),
        (PolicyError(), 500),
    ],
)
def test_what_went_wrong_inside_stays_inside(error: Exception, status: int) -> None:
    answer = refuse(error).get("/x")

    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert not any(secret in answer.text for secret in SECRETS)


def test_a_bottomless_body_is_its_senders_fault() -> None:
    answer = refuse(RecursionError()).post("/x", data=b"[[[[")

    assert (answer.status_code, answer.get_json()["type"][-17:]) == (400, "nested-too-deeply")


@pytest.mark.parametrize("error", [Unavailable("Later.", retry_after=30), TooMany(retry_after=30)])
def test_an_answer_says_when_to_come_back(error: PolicyError) -> None:
    answer = refuse(error).get("/x")

    assert answer.headers["Retry-After"] == "30"
    assert "retry_after" not in answer.get_json()


def test_a_missing_token_is_asked_for() -> None:
    assert refuse(Unauthorized()).get("/x").headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("status", "slug", "title"),
    [
        # The title of our own error: one type has one title.
        (404, "not-found", "Not found"),
        (412, "precondition-failed", "The resource has changed"),
        (405, "method-not-allowed", "Method Not Allowed"),
        # Python's own names for these differ between its versions.
        (413, "request-entity-too-large", "Request Entity Too Large"),
        (414, "request-uri-too-long", "Request URI Too Long"),
        (418, "im-a-teapot", "I'm a teapot"),
        (422, "unprocessable-entity", "Unprocessable Entity"),
        (429, "too-many-requests", "Too Many Requests"),
    ],
)
def test_errors_of_the_framework_look_the_same(status: int, slug: str, title: str) -> None:
    app = Flask("test")
    register_problems(app)
    app.add_url_rule("/x", view_func=lambda: abort(status))

    problem = app.test_client().get("/x").get_json()

    assert problem["status"] == status
    assert problem["type"] == f"urn:problem-type:policy-api:{slug}"
    assert problem["title"] == title


def test_a_method_that_is_not_there_names_those_that_are() -> None:
    answer = refuse(RuntimeError()).delete("/x")

    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_the_path_is_written_as_an_address() -> None:
    problem = refuse(RuntimeError()).get("/a b/ü?x=1").get_json()

    assert problem["instance"] == "/a%20b/%C3%BC"
