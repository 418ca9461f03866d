"""From bytes to an answer: validators, lifetimes, headers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask, Response
from hypothesis import given
from hypothesis import strategies as st

from policy_api.errors import PreconditionFailed
from policy_api.settings import Profile, Settings
from policy_api.web.compression import MIN_BYTES
from policy_api.web.conditional import Answer, Lifetime, respond
from policy_api.web.negotiation import Coding
from policy_api.web.state import register_state

APP = Flask("test")
register_state(APP, Settings(profile=Profile.TESTING))

BODIES = st.binary(max_size=40) | st.binary(min_size=MIN_BYTES, max_size=2 * MIN_BYTES)
CODINGS = st.sampled_from([coding.value for coding in Coding])
LARGE = b"x" * MIN_BYTES


def answered(answer: Answer, **headers: str) -> Response:
    with APP.test_request_context("/", headers=headers):
        return respond(answer)


@given(first=BODIES, second=BODIES, coding=CODINGS)
def test_tags_are_equal_if_and_only_if_bytes_are(first: bytes, second: bytes, coding: str) -> None:
    tags = [
        answered(Answer(body=body), **{"Accept-Encoding": coding}).headers["ETag"]
        for body in (first, second)
    ]

    assert (tags[0] == tags[1]) is (first == second)


@given(body=BODIES, first=CODINGS, second=CODINGS)
def test_tags_of_one_body_are_equal_if_and_only_if_codings_are(
    body: bytes, first: str, second: str
) -> None:
    answers = [
        answered(Answer(body=body), **{"Accept-Encoding": coding}) for coding in (first, second)
    ]

    sent = [answer.headers.get("Content-Encoding") for answer in answers]
    tags = [answer.headers["ETag"] for answer in answers]
    assert (tags[0] == tags[1]) is (sent[0] == sent[1])


@pytest.mark.parametrize("size", [0, 1, MIN_BYTES - 1])
def test_a_small_body_stays_as_it_is(size: int) -> None:
    answer = answered(Answer(body=b"x" * size), **{"Accept-Encoding": "br, gzip"})

    assert "Content-Encoding" not in answer.headers
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_a_small_body_is_coded_where_the_plain_one_is_refused() -> None:
    answer = answered(Answer(body=b"x"), **{"Accept-Encoding": "gzip, identity;q=0"})

    assert answer.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ('"{tag}"', 304),
        ('W/"{tag}"', 304),
        ('"other", "{tag}"', 304),
        ("*", 304),
        ('"other"', 200),
        ("{tag}", 304),
        ('"{tag}-br"', 200),
        ("", 200),
    ],
)
def test_a_condition_is_compared_with_the_tag(condition: str, status: int) -> None:
    tag = answered(Answer(body=LARGE)).headers["ETag"].strip('"')

    answer = answered(Answer(body=LARGE), **{"If-None-Match": condition.format(tag=tag)})

    assert answer.status_code == status


def test_the_tag_outweighs_the_date() -> None:
    modified = datetime(2026, 3, 1, tzinfo=UTC)

    answer = answered(
        Answer(body=LARGE, modified=modified),
        **{"If-None-Match": '"other"', "If-Modified-Since": "Sun, 01 Mar 2026 00:00:00 GMT"},
    )

    assert answer.status_code == 200


def test_a_precondition_that_fails_is_an_error() -> None:
    with pytest.raises(PreconditionFailed):
        answered(Answer(body=LARGE), **{"If-Match": '"other"'})


@pytest.mark.parametrize(
    ("lifetime", "written"),
    [
        (Lifetime(), "public, max-age=0"),
        (Lifetime(max_age=60), "public, max-age=60"),
        (Lifetime(max_age=60, stale=30), "public, max-age=60, stale-while-revalidate=30"),
        (Lifetime(immutable=True), "public, max-age=31536000, immutable"),
    ],
)
def test_a_lifetime_is_written_for_caches(lifetime: Lifetime, written: str) -> None:
    assert answered(Answer(body=b"", lifetime=lifetime)).headers["Cache-Control"] == written


def test_an_answer_says_what_it_is() -> None:
    answer = answered(
        Answer(
            body=b"{}",
            language="de",
            negotiated=True,
            tags=("site-a", "policy-b"),
            headers={"Content-Security-Policy": "default-src 'none'"},
        )
    )

    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["Content-Language"] == "de"
    assert answer.headers["Vary"] == "Accept-Encoding, Accept-Language"
    assert answer.headers["Surrogate-Key"] == "site-a policy-b"
    assert answer.headers["Cache-Tag"] == "site-a,policy-b"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
