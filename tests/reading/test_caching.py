"""How long an answer may be kept, and that a kept one is never another's."""

from __future__ import annotations

import gzip
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import brotli  # type: ignore[import-untyped]
import pytest
import time_machine
import zstandard
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from policy_api.reading.moment import Moment
from tests.reading.conftest import ReaderAt
from tests.reading.places import EVERY_PUBLIC, SHOP
from tests.reading.published import CORRECTED, EFFECTIVE, WITHDRAWN

NOW = datetime(2026, 3, 1, tzinfo=UTC)
KEPT_FOR_LONG = ("/v1/openapi.json", "/v1/assets/page.css")
"""What depends on the program alone."""

CLOCKED = [path for path in EVERY_PUBLIC if path not in KEPT_FOR_LONG]
DECODE = {
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompress(body),
    "identity": lambda body: body,
}


@given(left=st.integers(0, 10**7), longest=st.integers(0, 300))
def test_no_answer_is_kept_beyond_the_next_switch(left: int, longest: int) -> None:
    moment = Moment(now=NOW, switches_at=NOW + timedelta(seconds=left))

    lifetime = moment.lifetime(longest)

    assert 0 <= lifetime.max_age <= longest
    assert lifetime.max_age + lifetime.stale <= max(0, left - 5)


@given(longest=st.integers(0, 300))
def test_where_no_switch_is_near_the_setting_counts(longest: int) -> None:
    lifetime = Moment(now=NOW).lifetime(longest)

    assert (lifetime.max_age, lifetime.stale) == (longest, longest)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("path", CLOCKED)
def test_just_before_the_switch_nothing_is_kept(reader_at: ReaderAt, path: str) -> None:
    reader = reader_at(CORRECTED)
    with time_machine.travel(EFFECTIVE - timedelta(seconds=20), tick=False):
        near = reader.get(path).headers["Cache-Control"]
    with time_machine.travel(EFFECTIVE - timedelta(seconds=1), tick=False):
        last = reader.get(path).headers["Cache-Control"]

    if "immutable" not in near and path != "/v1/changes":
        assert near == "public, max-age=15"
        assert last == "public, max-age=0"


@pytest.mark.sqlite_only
def test_a_kept_answer_is_never_older_than_the_text_in_force(reader_at: ReaderAt) -> None:
    reader = reader_at(CORRECTED, max_age=300)
    kept_until = {}
    for before in range(400, 0, -7):
        with time_machine.travel(EFFECTIVE - timedelta(seconds=before), tick=False):
            control = reader.get(SHOP).cache_control
            stale = int(control.get("stale-while-revalidate") or 0)
            kept_until[before] = (control.max_age or 0) + stale - before

    assert max(kept_until.values()) < 0


@pytest.mark.sqlite_only
@pytest.mark.parametrize("path", EVERY_PUBLIC)
def test_a_repeat_is_not_sent_again(reader: FlaskClient, path: str) -> None:
    first = reader.get(path)

    repeat = reader.get(path, headers={"If-None-Match": first.headers["ETag"]})

    kept = ("ETag", "Cache-Control", "Vary", "Access-Control-Allow-Origin")
    assert (repeat.status_code, repeat.data) == (304, b"")
    assert [repeat.headers[name] for name in kept] == [first.headers[name] for name in kept]
    assert "Content-Type" not in repeat.headers


@pytest.mark.sqlite_only
@pytest.mark.parametrize("path", EVERY_PUBLIC)
def test_head_is_get_without_the_body(reader: FlaskClient, path: str) -> None:
    got, head = reader.get(path), reader.head(path)

    assert (head.status_code, head.data) == (200, b"")
    assert dict(head.headers) == dict(got.headers)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("path", CLOCKED)
def test_an_unchanged_answer_is_not_sent_again_by_date(reader: FlaskClient, path: str) -> None:
    modified = reader.get(path).headers["Last-Modified"]

    repeat = reader.get(path, headers={"If-Modified-Since": modified})
    older = reader.get(path, headers={"If-Modified-Since": "Thu, 01 Jan 2026 00:00:00 GMT"})

    assert (repeat.status_code, older.status_code) == (304, 200)


def test_the_last_change_is_a_publication_or_a_switch(reader_at: ReaderAt) -> None:
    dates = [
        reader_at(instant).get(SHOP).headers["Last-Modified"]
        for instant in (CORRECTED, EFFECTIVE, WITHDRAWN)
    ]

    assert dates == [
        "Sun, 15 Mar 2026 08:00:00 GMT",
        "Fri, 10 Apr 2026 00:00:00 GMT",
        "Sun, 10 May 2026 08:00:00 GMT",
    ]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("path", EVERY_PUBLIC)
def test_every_coding_carries_the_same_body_under_a_tag_of_its_own(
    reader: FlaskClient, path: str
) -> None:
    plain = reader.get(path)
    tags = set()
    for coding, decode in DECODE.items():
        answer = reader.get(path, headers={"Accept-Encoding": f"{coding}, identity;q=0.1"})
        sent = answer.headers.get("Content-Encoding", "identity")
        tags.add((answer.headers["ETag"], sent))
        assert sent in {coding, "identity"}
        assert DECODE[sent](answer.data) == plain.data, decode
        assert answer.headers["Vary"].startswith("Accept-Encoding")
        assert int(answer.headers["Content-Length"]) == len(answer.data)

    assert len({tag for tag, _ in tags}) == len(tags)


@pytest.mark.sqlite_only
def test_a_tag_of_one_coding_does_not_speak_for_another(reader: FlaskClient) -> None:
    brotli_tag = reader.get(SHOP, headers={"Accept-Encoding": "br"}).headers["ETag"]

    answer = reader.get(SHOP, headers={"Accept-Encoding": "gzip", "If-None-Match": brotli_tag})

    assert answer.status_code == 200


@pytest.mark.sqlite_only
def test_a_request_that_refuses_every_coding_gets_none(reader: FlaskClient) -> None:
    answer = reader.get(SHOP, headers={"Accept-Encoding": "identity;q=0"})

    assert answer.status_code == 406
    assert answer.mimetype == "application/problem+json"


def test_tags_are_equal_where_bytes_are_and_nowhere_else(reader_at: ReaderAt) -> None:
    bodies: dict[str, set[bytes]] = defaultdict(set)
    tags: dict[bytes, set[str]] = defaultdict(set)
    for instant in (CORRECTED, EFFECTIVE, WITHDRAWN):
        reader = reader_at(instant)
        for path in CLOCKED:
            for locale in ("en", "de"):
                answer = reader.get(path, headers={"Accept-Language": locale})
                if answer.status_code == 404:
                    continue
                bodies[answer.headers["ETag"]].add(answer.data)
                tags[answer.data].add(answer.headers["ETag"])

    assert {len(found) for found in bodies.values()} == {1}
    assert {len(found) for found in tags.values()} == {1}


@pytest.mark.sqlite_only
def test_another_variants_tag_does_not_match(reader: FlaskClient) -> None:
    variants = (
        f"{SHOP}?locale=en",
        f"{SHOP}?locale=de",
        f"{SHOP}.md?locale=de",
        f"{SHOP}.html?locale=de",
        f"{SHOP}?locale=de&fallback=none",
        f"{SHOP}?locale=de&at=2026-01-11",
        f"{SHOP}/versions/4?locale=de",
        "/v1/sites/main/policies/privacy?locale=de",
    )
    tags = [reader.get(path).headers["ETag"] for path in variants]

    answers = {
        reader.get(path, headers={"If-None-Match": tag}).status_code
        for path, own in zip(variants, tags, strict=True)
        for tag in tags
        if tag != own
    }

    assert len(set(tags)) == len(variants)
    assert answers == {200}


@pytest.mark.sqlite_only
@pytest.mark.parametrize("path", EVERY_PUBLIC)
def test_a_shared_cache_can_be_told_what_to_drop(reader: FlaskClient, path: str) -> None:
    headers = reader.get(path).headers

    if path.startswith(SHOP):
        tags = headers["Surrogate-Key"].split()
        assert tags[:2] == ["site-shop", "policy-privacy"]
        assert ("shop/privacy" in tags) != ("immutable" in headers["Cache-Control"])
        assert headers["Cache-Tag"].split(",") == tags
