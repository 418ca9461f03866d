"""Guessing tokens is slowed down, and keeps no colleague out."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask

from policy_api.access.guessing import FROM_EVERYWHERE, FROM_ONE_PLACE, WINDOW, Guesses, place_of
from policy_api.access.refusals import TooManyGuesses
from policy_api.access.secret import new_token
from policy_api.settings import Profile
from tests.access.people import Person

pytestmark = pytest.mark.sqlite_only


def guess(app: Flask, times: int) -> list[int]:
    """Show tokens that are well-formed and open nothing; return what was answered."""
    client = app.test_client()
    written = [new_token(Profile.TESTING)[0] for _ in range(times)]
    return [
        client.get("/v1/whoami", headers={"Authorization": f"Bearer {each}"}).status_code
        for each in written
    ]


def test_after_many_wrong_tokens_a_place_has_to_wait(editor: Person, app: Flask) -> None:
    answers = guess(app, FROM_ONE_PLACE + 2)

    assert answers == [*([401] * FROM_ONE_PLACE), 429, 429]


def test_whoever_waits_as_told_is_looked_at_again(
    editor: Person, app: Flask, now: datetime
) -> None:
    guess(app, FROM_ONE_PLACE)
    refused = app.test_client().get("/v1/whoami", headers={"Authorization": "Bearer x"})

    told = int(refused.headers["Retry-After"])
    with time_machine.travel(now + timedelta(seconds=told), tick=False):
        assert guess(app, 1) == [401]


def test_a_neighbour_who_guesses_keeps_no_colleague_out(editor: Person, app: Flask) -> None:
    editor.get("/whoami")

    guess(app, FROM_ONE_PLACE + 1)

    assert editor.get("/whoami").status_code == 200


def test_a_request_without_a_token_is_no_guess(editor: Person, app: Flask) -> None:
    client = app.test_client()

    answers = {client.get("/v1/whoami").status_code for _ in range(FROM_ONE_PLACE + 5)}

    assert answers == {401}


def test_what_a_client_says_of_itself_does_not_make_another_place(
    editor: Person, app: Flask
) -> None:
    guess(app, FROM_ONE_PLACE)

    told = {"X-Forwarded-For": "203.0.113.9", "Authorization": "Bearer x"}

    assert app.test_client().get("/v1/whoami", headers=told).status_code == 429


def test_guesses_from_everywhere_count_together(now: datetime) -> None:
    guesses = Guesses()
    for number in range(FROM_EVERYWHERE):
        guesses.note_refused(f"2001:db8:{number:x}::1", now=now)

    with pytest.raises(TooManyGuesses):
        guesses.check("192.0.2.1", token_id="", now=now)
    guesses.check("192.0.2.1", token_id="", now=now + WINDOW)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("192.0.2.1", "192.0.2.254"),
        ("2001:db8:1:2::3", "2001:db8:1:9::4"),
        ("fe80::1%eth0", "fe80::2"),
    ],
)
def test_neighbouring_addresses_are_one_place(one: str, other: str) -> None:
    assert place_of(one) == place_of(other)
    assert place_of(one) != place_of("198.51.100.7")
