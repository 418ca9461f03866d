"""A page of another origin fetches a policy and shows it, as front ends do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.browser.chromium import Browser, needs_a_browser, opened, violations

pytestmark = needs_a_browser

PAGE = b"""<!doctype html><html lang="de"><meta charset="utf-8"><title>A shop</title>
<style>body { color: rgb(1, 2, 3); font-size: 20px } table { border: 3px solid red }</style>
<main><h1 class="policy-site">Our shop</h1><div id="policy"></div></main></html>"""
FETCH = """async ([url, options]) => {
  const answer = await fetch(url, options);
  return {
    status: answer.status,
    text: await answer.text(),
    headers: Object.fromEntries(answer.headers),
  };
}"""
SHOP = "/v1/sites/shop/policies/privacy"


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of a site of somebody else's."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "index.html").write_bytes(PAGE)
    site = partial(SimpleHTTPRequestHandler, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def fetched(page: Any, url: str, **options: object) -> dict[str, Any]:  # noqa: ANN401 -- Playwright's own
    answer: dict[str, Any] = page.evaluate(FETCH, [url, options])
    return answer


def test_a_script_reads_an_edition_and_what_it_has_to_remember(
    chromium: Browser, origin: str, elsewhere: str
) -> None:
    with opened(chromium, elsewhere) as found:
        first = fetched(found.page, f"{origin}{SHOP}?locale=de")
        headers = {"If-None-Match": first["headers"]["etag"], "Accept-Language": "fr"}
        again = fetched(found.page, f"{origin}{SHOP}?locale=de", headers=headers, cache="no-store")

    assert (first["status"], first["headers"]["content-language"]) == (200, "de")
    assert (again["status"], again["text"]) == (304, "")


def test_a_problem_can_be_read_too(chromium: Browser, origin: str, elsewhere: str) -> None:
    with opened(chromium, elsewhere) as found:
        answer = fetched(found.page, f"{origin}/v1/sites/nobody")

    assert answer["status"] == 404
    assert '"urn:problem-type:policy-api:not-found"' in answer["text"]


def test_no_script_of_another_site_gets_at_management(
    chromium: Browser, origin: str, elsewhere: str
) -> None:
    with opened(chromium, elsewhere) as found:
        refused = found.page.evaluate(
            "url => fetch(url, {headers: {Authorization: 'Bearer x'}}).then("
            "() => 'read', error => String(error))",
            f"{origin}/v1/releases",
        )

    assert refused == "TypeError: Failed to fetch"


def test_a_fragment_stands_in_a_page_without_touching_it(
    chromium: Browser, origin: str, elsewhere: str
) -> None:
    with opened(chromium, elsewhere) as found:
        page = found.page
        heading = "getComputedStyle(document.querySelector('h1.policy-site')).cssText + '|' +"
        body = "getComputedStyle(document.body).color"
        before = page.evaluate(heading + body)

        fragment = fetched(page, f"{origin}{SHOP}.html?locale=de&fragment=1")
        style = fetched(page, f"{origin}/v1/assets/page.css")
        page.evaluate(
            "([html, css]) => { document.querySelector('#policy').innerHTML = html;"
            "const sheet = document.createElement('style'); sheet.textContent = css;"
            "document.head.append(sheet); }",
            [fragment["text"], style["text"]],
        )

        assert page.evaluate(heading + body) == before
        assert page.locator("article.policy h1").inner_text() == "Datenschutzerklärung"
        assert page.locator("article.policy section").count() == 17
        assert violations(page) == []
