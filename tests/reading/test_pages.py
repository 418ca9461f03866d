"""Editions as pages for people."""

from __future__ import annotations

import html5lib
import pytest
from flask.testing import FlaskClient

from tests.reading.conftest import ReaderAt
from tests.reading.places import SHOP
from tests.reading.published import EFFECTIVE

pytestmark = pytest.mark.sqlite_only


def test_a_page_is_complete_and_loads_only_its_own_style(reader: FlaskClient) -> None:
    answer = reader.get(f"{SHOP}.html?locale=de")

    html5lib.HTMLParser(strict=True).parse(answer.data)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Language"] == "de"
    assert '<link rel="stylesheet" href="/v1/assets/page.css">' in answer.text
    assert "<script" not in answer.text
    assert "style-src 'self'" in answer.headers["Content-Security-Policy"]


def test_a_fragment_is_the_bare_article(reader: FlaskClient) -> None:
    answer = reader.get(f"{SHOP}.html?fragment=1")

    assert answer.text.startswith("<article")
    assert answer.text.rstrip().endswith("</article>")


def test_a_page_leads_to_its_languages_and_to_what_comes(reader: FlaskClient) -> None:
    page = reader.get(f"{SHOP}.html?locale=de").text

    assert f'hreflang="en" href="{SHOP}.html?locale=en"' in page
    assert f'href="{SHOP}/versions/5.html?locale=de"' in page


def test_a_page_lists_all_versions(reader_at: ReaderAt) -> None:
    page = reader_at(EFFECTIVE).get(f"{SHOP}.html").text

    assert all(f"{SHOP}/versions/{number}.html" in page for number in (1, 2, 3, 4))


def test_people_may_come_by_tagged_links(reader: FlaskClient) -> None:
    plain = reader.get(f"{SHOP}.html?locale=de")
    tagged = reader.get(f"{SHOP}.html?utm_source=mail&utm_source=x&locale=de&fbclid=1")

    assert tagged.data == plain.data


@pytest.mark.parametrize("query", ["locale=de&locale=en", "locale=", "at=now", "fragment=yes"])
def test_a_page_still_refuses_what_it_knows_and_cannot_read(
    reader: FlaskClient, query: str
) -> None:
    assert reader.get(f"{SHOP}.html?{query}").status_code == 400


def test_the_style_sheet_is_served(reader: FlaskClient) -> None:
    answer = reader.get("/v1/assets/page.css")

    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "@media print" in answer.text
