"""A shared cache between readers and server never gives one reader what belongs to another."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_api import clock
from policy_api.domain.planning.plan import NOTICE_RULE
from policy_api.domain.planning.release import Announcement, Waiver
from tests.domain.sources import source
from tests.reading.published import WELCOME
from tests.reading.shared_cache import NGINX, Answer, Ways, both_ways

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed.")

Wish = tuple[str, dict[str, str]]
HOSTS = {"shop": "shop.example.org", "forum": "forum.example.org"}
FORMS = ("", ".html", ".md", ".jsonld")
LOCALES = ("", "?locale=de", "?locale=en", "?locale=fr")
LANGUAGES = (None, "de", "en;q=0.2, de;q=0.9", "ar")
CODINGS = (None, "gzip", "br", "identity")


def wishes() -> list[Wish]:
    """Return every way to ask for what two sites have in force."""
    found: list[Wish] = []
    for site, form, locale in product(HOSTS, FORMS, LOCALES):
        for language, coding in product(LANGUAGES, CODINGS):
            headers = {"Accept_Language": language, "Accept_Encoding": coding}
            sent = {name: value for name, value in headers.items() if value is not None}
            found += [
                (f"/v1/sites/{site}/policies/privacy{form}{locale}", sent),
                (f"/v1/policies/privacy{form}{locale}", {**sent, "Host": HOSTS[site]}),
            ]
    return found


WISHES = wishes()


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ways]:
    with both_ways(tmp_path_factory.mktemp("cache")) as found:
        yield found


def test_what_comes_from_the_cache_is_what_the_server_would_say(ways: Ways) -> None:
    hits: set[str] = set()

    @settings(max_examples=12)
    @given(st.lists(st.sampled_from(WISHES), min_size=20, max_size=60))
    def equal(asked: list[Wish]) -> None:
        for path, headers in asked:
            cached = ways.ask(ways.cached, path, **headers)
            assert cached.told == ways.ask(ways.direct, path, **headers).told
            hits.add(cached.headers.get("x-cache", ""))

    equal()
    assert {"HIT", "MISS"} <= hits


def test_the_tag_of_another_variant_is_answered_in_full(ways: Ways) -> None:
    paths = {path for path, headers in WISHES if "Host" not in headers and "?" in path}
    tags = {path: ways.ask(ways.direct, path).headers["etag"] for path in sorted(paths)}

    for path, own in tags.items():
        for other in {*tags.values()} - {own}:
            answer = ways.ask(ways.cached, path, If_None_Match=other)
            assert (answer.status, answer.headers["etag"]) == (200, own)
        assert ways.ask(ways.cached, path, If_None_Match=own).status == 304


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/v1/sites/nobody", {}, 404),
        ("/v1/sites/shop/policies/privacy?lang=de", {}, 400),
        ("/v1/sites/shop/policies/privacy?locale=de&locale=en", {}, 400),
        ("/v1/policies/privacy", {"Host": "evil.example"}, 404),
        ("/v1/sites/shop/policies/privacy?at=1999-01-01", {}, 404),
        ("/v1/releases", {}, 401),
        ("/v1/sites/shop/policies/privacy?locale=en", {"Accept_Encoding": "*;q=0"}, 406),
    ],
)
def test_no_refusal_is_kept(ways: Ways, path: str, headers: dict[str, str], status: int) -> None:
    answers = [ways.ask(ways.cached, path, **headers) for _ in range(3)]

    assert {answer.status for answer in answers} == {status}
    assert "HIT" not in {answer.headers.get("x-cache") for answer in answers}


@pytest.mark.parametrize(
    "poison",
    [
        {"X_Forwarded_Host": "evil.example"},
        {"X_Forwarded_Prefix": "/evil"},
        {"X_Forwarded_Proto": "https"},
        {"X_Original_URL": "/v1/sites/forum"},
        {"X_HTTP_Method_Override": "DELETE"},
        {"Cookie": "locale=ar"},
        {"Range": "bytes=0-9"},
        {"Accept": "text/html"},
        {"Origin": "https://evil.example"},
        {"Accept_Language": "x" * 3000},
    ],
    ids=lambda poison: next(iter(poison)),
)
def test_nobody_leaves_anything_behind_for_the_next_reader(
    ways: Ways, poison: dict[str, str]
) -> None:
    fresh = f"/v1/sites/shop/policies/privacy.html?{next(iter(poison))}=1"
    clean = ways.ask(ways.direct, fresh)

    ways.ask(ways.cached, fresh, **poison)
    following = ways.ask(ways.cached, fresh)

    assert following.told == clean.told


def test_an_announced_version_takes_over_in_the_cache_at_its_instant(ways: Ways) -> None:
    # Nobody has asked for this before, so nothing is kept from before the announcement.
    path = "/v1/sites/shop/policies/privacy.html?locale=en&first=1"
    blocks = [{"key": "intro", "kind": "text", "markdown": f"{WELCOME} Really."}]
    switches_at = clock.now() + timedelta(seconds=9)
    ways.publish(
        source({"policies/privacy/sections/welcome": {"heading": "Welcome", "blocks": blocks}}),
        Announcement(
            title={"en": "Another greeting"},
            summary={},
            effective_at=switches_at,
            waivers=(Waiver(rule=NOTICE_RULE, reason="Nobody reads it.", name="A test"),),
        ),
    )

    seen: list[tuple[datetime, Answer, datetime]] = []
    while not seen or seen[-1][0] < switches_at + timedelta(seconds=1.5):
        seen.append((datetime.now(UTC), ways.ask(ways.cached, path), datetime.now(UTC)))
        time.sleep(0.05)

    early = [answer for _, answer, end in seen if end < switches_at]
    late = [answer for begin, answer, _ in seen if begin >= switches_at]
    assert {b"Really." in answer.body for answer in early} == {False}
    assert {b"Really." in answer.body for answer in late} == {True}
    assert "HIT" in {answer.headers["x-cache"] for answer in early}
