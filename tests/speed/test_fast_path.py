"""The fast path says what the usual way says, to the byte."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask, request_started

from policy_api.reading.fast_path import FastPath, fast_path_of
from tests.reading.places import EVERY_PUBLIC, SHOP
from tests.reading.published import CORRECTED, EFFECTIVE
from tests.reading.told import Told
from tests.speed.conftest import Pair, pair_at

BY_HOST = "/v1/policies/privacy"

WISHES: tuple[dict[str, str], ...] = (
    {},
    {"Accept-Encoding": "gzip"},
    {"Accept-Encoding": "br"},
    {"Accept-Encoding": "zstd"},
    {"Accept-Encoding": "gzip, deflate, br, zstd"},
    {"Accept-Encoding": "gzip;q=0.9, br;q=0.1"},
    {"Accept-Encoding": ""},
    {"Accept-Encoding": "identity;q=0"},
    {"Accept-Encoding": "*;q=0"},
    {"Accept-Encoding": "nonsense;;;q=x"},
    {"Accept-Language": "de"},
    {"Accept-Language": "de-AT, fr;q=0.5"},
    {"Accept-Language": "tlh"},
    {"Accept-Language": ""},
    {"Accept-Language": "de", "Accept-Encoding": "br"},
    {"If-None-Match": "*"},
    {"If-None-Match": '"another"'},
    {"If-None-Match": 'W/"another"'},
    {"If-None-Match": '"one", "two"'},
    {"If-None-Match": "unquoted"},
    {"If-None-Match": ""},
    {"If-Modified-Since": "Thu, 01 Jan 2026 00:00:00 GMT"},
    {"If-Modified-Since": "Fri, 01 Jan 2027 00:00:00 GMT"},
    {"If-Modified-Since": "yesterday"},
    {"If-Modified-Since": "Fri, 01 Jan 2027 00:00:00 GMT", "If-None-Match": '"another"'},
    {"If-Unmodified-Since": "Thu, 01 Jan 2026 00:00:00 GMT"},
    {"If-Match": '"another"'},
    {"If-Match": "*"},
    {"Range": "bytes=0-9"},
    {"Range": "bytes=0-9", "If-Range": '"another"'},
    {"Authorization": "Bearer nobody"},
    {"Cookie": "seen=4"},
    {"Expect": "100-continue"},
    {"Origin": "https://elsewhere.example"},
    {"Content-Length": "0"},
    {"X-Forwarded-Host": "forum.example.org"},
    {"Accept": "text/html"},
)
HOSTS = (
    "shop.example.org",
    "SHOP.example.org:8443",
    "forum.example.org",
    "evil.example",
    "a@b",
    "",
)


def fast_path(pair: Pair) -> FastPath:
    found = fast_path_of(pair.fast.application)
    assert found is not None
    return found


@pytest.mark.parametrize("path", EVERY_PUBLIC)
def test_every_resource_is_the_same_on_both_ways(pair: Pair, path: str) -> None:
    found = [line for wish in WISHES[:5] for line in pair.differences(path, wish)]

    assert found == []


@pytest.mark.sqlite_only
@pytest.mark.parametrize("path", EVERY_PUBLIC)
def test_every_wish_is_heard_alike(pair: Pair, path: str) -> None:
    found = [line for wish in WISHES for line in pair.differences(path, wish)]

    assert found == []


@pytest.mark.sqlite_only
@pytest.mark.parametrize("path", EVERY_PUBLIC)
@pytest.mark.parametrize("coding", ["identity", "br", "gzip", "zstd"])
def test_repeats_are_not_sent_again_on_either_way(pair: Pair, path: str, coding: str) -> None:
    tag = pair.slow.get(path, headers={"Accept-Encoding": coding}).headers["ETag"]
    wishes = [tag, f"W/{tag}", f'"another", {tag}', tag.strip('"'), f"{tag},"]

    found = [
        line
        for wish in wishes
        for method in ("GET", "HEAD")
        for other in (coding, "gzip, br")
        for line in pair.differences(
            path, {"Accept-Encoding": other, "If-None-Match": wish}, method=method
        )
    ]

    assert found == []


@pytest.mark.sqlite_only
@pytest.mark.parametrize("path", EVERY_PUBLIC)
@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PROPFIND"])
def test_every_method_is_answered_alike(pair: Pair, path: str, method: str) -> None:
    pair.fast.get(path)

    assert pair.differences(path, method=method) == []


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", [BY_HOST, f"{BY_HOST}.html?utm_source=a", SHOP, "/v1/sites"])
def test_a_host_is_never_given_the_text_of_another(pair: Pair, path: str, host: str) -> None:
    for other in HOSTS:
        pair.fast.get(path, headers={"Host": other})

    assert pair.differences(path, {"Host": host}) == []


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "path",
    [
        "/v1/sites/nobody/policies/privacy",
        f"{SHOP}/versions/999",
        f"{SHOP}?unknown=1",
        f"{SHOP}?locale=de&locale=en",
        f"{SHOP}/",
        f"/{SHOP}",
        "/nowhere",
        "/healthz",
        "/readyz",
        "/v1/drafts",
    ],
)
def test_what_is_not_for_everybody_is_never_kept(pair: Pair, path: str) -> None:
    before = fast_path(pair).table.size

    found = pair.differences(path)

    assert (found, fast_path(pair).table.size) == ([], before)


@pytest.mark.sqlite_only
def test_a_mount_prefix_has_answers_of_its_own(pair: Pair) -> None:
    plain = pair.fast.get(SHOP)

    mounted = pair.fast.get(SHOP, environ_overrides={"SCRIPT_NAME": "/legal"})

    assert plain.get_json()["links"]["self"].startswith("/v1/")
    assert mounted.get_json()["links"]["self"].startswith("/legal/v1/")


@pytest.mark.sqlite_only
def test_a_scheme_has_answers_of_its_own(pair: Pair) -> None:
    answers = [
        pair.fast.get(SHOP, base_url=f"{scheme}://localhost") for scheme in ("http", "https")
    ]

    assert ["Strict-Transport-Security" in answer.headers for answer in answers] == [False, True]


@pytest.mark.sqlite_only
def test_around_a_switch_both_ways_say_the_same_every_second(told: Told) -> None:
    pair = pair_at(told, "sqlite", CORRECTED)
    paths = (SHOP, f"{SHOP}/versions/upcoming", f"{SHOP}/status?seen=1", "/v1/assets/page.css")
    found = []
    for second in (*range(-150, 3), 0, -1, -200, 86400):
        with time_machine.travel(EFFECTIVE + timedelta(seconds=second), tick=False):
            found += [line for path in paths for line in pair.differences(path)]

    assert found == []


@pytest.mark.sqlite_only
def test_a_clock_that_is_set_back_is_believed(told: Told) -> None:
    pair = pair_at(told, "sqlite", CORRECTED)
    found = []
    for second in (60, 5, 0, -1, -2, -3600, -3599, -86400 * 30, 0, 1, 60):
        with time_machine.travel(CORRECTED + timedelta(seconds=second), tick=False):
            found += pair.differences(SHOP)

    assert found == []


@pytest.mark.sqlite_only
@pytest.mark.parametrize("path", EVERY_PUBLIC)
def test_a_repeat_needs_no_view(pair: Pair, path: str) -> None:
    seen_by_views: list[Flask] = []
    for _ in range(2):
        pair.fast.get(path)
    with request_started.connected_to(seen_by_views.append, pair.fast.application):
        answers = [
            pair.fast.get(path),
            pair.fast.head(path),
            pair.fast.get(path, headers={"If-None-Match": pair.fast.get(path).headers["ETag"]}),
        ]

    assert [answer.status_code for answer in answers] == [200, 200, 304]
    assert seen_by_views == []


@pytest.mark.sqlite_only
def test_a_miss_with_a_tag_is_kept_in_full(told: Told) -> None:
    fresh = told.app("sqlite", CORRECTED, answer_cache_mib=2).test_client()
    pair = Pair(fast=fresh, slow=pair_at(told, "sqlite", CORRECTED).slow)
    path = f"{SHOP}?locale=de"
    with time_machine.travel(CORRECTED + timedelta(hours=1), tick=False):
        tag = pair.slow.get(path).headers["ETag"]
        first = pair.fast.get(path, headers={"If-None-Match": tag})
        seen_by_views: list[Flask] = []
        with request_started.connected_to(seen_by_views.append, pair.fast.application):
            whole = pair.fast.get(path)

    assert (first.status_code, whole.status_code, seen_by_views) == (304, 200, [])


@pytest.mark.sqlite_only
def test_invented_addresses_push_nothing_out(told: Told) -> None:
    app = told.app("sqlite", CORRECTED, answer_cache_mib=1)
    reader, fast = app.test_client(), fast_path_of(app)
    assert fast is not None
    with time_machine.travel(CORRECTED, tick=False):
        reader.get(SHOP)
        before = fast.table.size
        for number in range(300):
            reader.get(f"{SHOP}.html?utm_source={number}")
            reader.get(f"/v1/sites/shop/policies/nothing-{number}")
            reader.get(f"{SHOP}?odd={number}")
            reader.get(f"{SHOP}?at=2026-03-10T08:{number // 60:02}:{number % 60:02}Z")
        after = fast.table.size
        seen_by_views: list[Flask] = []
        with request_started.connected_to(seen_by_views.append, app):
            reader.get(SHOP)

    assert (after, seen_by_views) == (before, [])


@pytest.mark.sqlite_only
def test_a_tagged_link_that_many_follow_is_kept(told: Told) -> None:
    app = told.app("sqlite", CORRECTED, answer_cache_mib=1)
    reader, path = app.test_client(), f"{SHOP}.html?utm_source=letter"
    with time_machine.travel(CORRECTED, tick=False):
        reader.get(path)
        reader.get(path)
        seen_by_views: list[Flask] = []
        with request_started.connected_to(seen_by_views.append, app):
            reader.get(path)

    assert seen_by_views == []
