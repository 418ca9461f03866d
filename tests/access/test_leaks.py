"""A token that was found in the open is ended by whoever reports it."""

from __future__ import annotations

import base64
import hashlib

import pytest
from flask import Flask

from policy_api.access.guessing import FROM_ONE_PLACE
from policy_api.access.secret import new_token
from policy_api.settings import Profile
from tests.access.people import Person, Someone


def report(app: Flask, *tokens: object) -> object:
    found = [{"token": token, "type": "policy_api", "url": "https://x.example"} for token in tokens]
    return app.test_client().post("/v1/token-leaks", json=found).get_json()


def test_a_reported_token_opens_nothing_any_more(
    app: Flask, editor: Person, someone: Someone
) -> None:
    eve = someone("shop:write", holder="Eve")

    answer = report(app, eve.token)

    digest = hashlib.sha256(eve.token.encode()).digest()
    assert answer == [
        {
            "token_hash": base64.b64encode(digest).decode(),
            "token_type": "policy_api_token",
            "label": "true_positive",
        }
    ]
    assert eve.get("/whoami").status_code == 401
    row = editor.get("/audit").get_json()["items"][0]
    assert (row["action"], row["actor"]) == ("token.revoke", "leak report")
    assert row["object"] == f"tokens/{eve.token_id}"


def test_what_is_no_token_of_ours_ends_none(app: Flask, editor: Person) -> None:
    wrong_secret, _ = new_token(Profile.TESTING)

    answer = report(app, wrong_secret, "ppl_test_x", "ghp_other")

    assert isinstance(answer, list)
    assert {each["label"] for each in answer} == {"false_positive"}
    assert editor.get("/whoami").status_code == 200


def test_the_public_part_of_a_token_ends_nothing(app: Flask, editor: Person) -> None:
    other, _ = new_token(Profile.TESTING)
    forged = other.replace(other.split("_")[2], editor.token_id)

    report(app, forged)

    assert editor.get("/whoami").status_code == 200


@pytest.mark.sqlite_only
@pytest.mark.parametrize("body", [{}, [{}], [{"token": ""}], [{"token": 1}], ["x"]])
def test_a_report_that_is_none_is_refused(app: Flask, editor: Person, body: object) -> None:
    assert app.test_client().post("/v1/token-leaks", json=body).status_code == 422


@pytest.mark.sqlite_only
def test_reports_are_no_way_to_guess(app: Flask, editor: Person) -> None:
    report(app, *(["ppl_test_x"] * FROM_ONE_PLACE))

    again = app.test_client().post("/v1/token-leaks", json=[{"token": "ppl_test_x"}])

    assert again.status_code == 429
