"""Sites, hosts and the policies of a site."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.reading.conftest import ReaderAt
from tests.reading.places import SHOP, get_json
from tests.reading.published import FIRST, instant


def test_sites_come_by_key_with_what_the_contract_names(reader: FlaskClient) -> None:
    items = get_json(reader, "/v1/sites?locale=de")["items"]

    assert [item["key"] for item in items] == ["forum", "main", "shop"]
    assert items[1] == {
        "key": "main",
        "name": "Beispielseite",
        "hosts": ["example.org"],
        "base": None,
        "locales": ["en", "de"],
        "source_locale": "en",
        "policies": ["privacy"],
        "links": {"self": "/v1/sites/main", "policies": "/v1/sites/main/policies"},
    }


def test_the_list_of_sites_is_read_page_by_page(reader: FlaskClient) -> None:
    first = get_json(reader, "/v1/sites?limit=2")

    second = get_json(reader, first["next"])

    assert first["next"] == "/v1/sites?limit=2&after=main"
    assert ([item["key"] for item in second["items"]], second["next"]) == (["shop"], None)


@pytest.mark.sqlite_only
def test_one_site_is_as_in_the_list(reader: FlaskClient) -> None:
    items = get_json(reader, "/v1/sites")["items"]

    assert [get_json(reader, item["links"]["self"]) for item in items] == items


@pytest.mark.sqlite_only
def test_an_unknown_site_is_a_problem(reader: FlaskClient) -> None:
    assert reader.get("/v1/sites/nowhere").status_code == 404
    assert reader.get("/v1/sites/nowhere/policies").status_code == 404


@pytest.mark.sqlite_only
@pytest.mark.parametrize("host", ["shop.example.org", "SHOP.example.org.", "shop.example.org:8443"])
def test_a_host_is_resolved_to_its_site(reader: FlaskClient, host: str) -> None:
    found = get_json(reader, f"/v1/resolve?host={host}")

    assert found == {"site": "shop", "url": "/v1/sites/shop"}


@pytest.mark.sqlite_only
def test_a_name_in_unicode_is_resolved_by_its_a_labels(reader: FlaskClient) -> None:
    assert get_json(reader, "/v1/resolve?host=fórum.example")["site"] == "forum"


@pytest.mark.sqlite_only
@pytest.mark.parametrize("host", ["evil.example", "shop.example.org.evil.example", "a@b", "%00"])
def test_a_host_of_no_site_is_a_problem(reader: FlaskClient, host: str) -> None:
    answer = reader.get(f"/v1/resolve?host={host}")

    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")


def test_policies_tell_what_is_in_force_and_what_comes(reader: FlaskClient) -> None:
    (item,) = get_json(reader, "/v1/sites/shop/policies?locale=de")["items"]

    assert (item["key"], item["title"], item["version"]) == ("privacy", "Datenschutz", 4)
    assert item["locales"] == ["en", "de"]
    assert item["upcoming"]["version"] == 5
    assert item["links"]["self"] == f"{SHOP}?locale=de"


@pytest.mark.sqlite_only
def test_before_anything_is_published_there_are_no_sites(reader_at: ReaderAt) -> None:
    reader = reader_at(instant("2026-01-01T00:00:00"))

    assert get_json(reader, "/v1/sites") == {"items": [], "next": None}
    assert reader.get(SHOP).status_code == 404


@pytest.mark.sqlite_only
def test_a_policy_that_is_in_force_says_since_when(reader_at: ReaderAt) -> None:
    (item,) = get_json(reader_at(FIRST), "/v1/sites/forum/policies")["items"]

    assert (item["effective_at"], item["upcoming"]) == ("2026-01-10T08:00:00Z", None)
