"""The program below a prefix of another one."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from tests.reading.places import EVERY_PUBLIC, SHOP

pytestmark = pytest.mark.sqlite_only

BARE_PATH = re.compile(r"""["'](?:/v1|/docs|/\.well-known)/[^"']*""")
SAME_EVERYWHERE = ("/v1/changes", "/v1/openapi.json")
"""Events were written down before anybody could know where they would be read."""

PREFIX = "/legal notices"
WRITTEN = "/legal%20notices"


@pytest.fixture
def mounted(reader: FlaskClient) -> Client:
    """Return a client of a site that has the program beside its own pages."""
    host = Flask("host")
    host.add_url_rule("/", view_func=lambda: "The site itself.")
    return Client(DispatcherMiddleware(host, {PREFIX: reader.application}))


def test_the_site_around_keeps_its_own_pages(mounted: Client) -> None:
    assert mounted.get("/").text == "The site itself."


@pytest.mark.parametrize("path", [each for each in EVERY_PUBLIC if each not in SAME_EVERYWHERE])
def test_every_path_in_an_answer_honours_the_prefix(
    reader: FlaskClient, mounted: Client, path: str
) -> None:
    alone = reader.get(path).text
    below = mounted.get(f"{WRITTEN}{path}")

    assert below.status_code == 200
    assert BARE_PATH.findall(below.text) == []
    assert below.text.replace(WRITTEN, "") == alone


def test_links_can_be_followed(mounted: Client) -> None:
    links = mounted.get(f"{WRITTEN}{SHOP}").get_json()["links"]

    assert {mounted.get(path).status_code for path in links.values()} == {200}


def test_a_problem_names_the_whole_path(mounted: Client) -> None:
    problem = mounted.get(f"{WRITTEN}/v1/sites/nowhere").get_json()

    assert problem["instance"] == f"{WRITTEN}/v1/sites/nowhere"


def test_the_host_twin_names_its_canonical_address_below_the_prefix(mounted: Client) -> None:
    answer = mounted.get(
        f"{WRITTEN}/v1/policies/privacy?locale=de", headers={"Host": "shop.example.org"}
    )

    assert answer.headers["Content-Location"] == f"{WRITTEN}{SHOP}?locale=de"


def test_the_openapi_document_says_where_it_is_mounted(mounted: Client) -> None:
    document = mounted.get(f"{WRITTEN}/v1/openapi.json").get_json()

    assert document["servers"] == [{"url": WRITTEN}]
