"""The documentation page in a browser that has no internet."""

from __future__ import annotations

import json

from tests.browser.chromium import Browser, needs_a_browser, opened

pytestmark = needs_a_browser


def test_every_operation_can_be_looked_up_without_the_internet(
    chromium: Browser, origin: str
) -> None:
    with opened(chromium, f"{origin}/docs") as found:
        page = found.page
        page.wait_for_selector(".opblock")
        shown = page.evaluate(
            """[...document.querySelectorAll(".opblock")].map(each =>
            each.querySelector(".opblock-summary-method").textContent.toLowerCase()
            + " " + each.querySelector("[data-path]").dataset.path)"""
        )
        document = json.loads(page.request.get(f"{origin}/v1/openapi.json").text())

        assert set(shown) == {
            f"{method} {path}"
            for path, item in {**document["paths"], **document["webhooks"]}.items()
            for method in set(item) - {"parameters"}
        }
        assert [url for url in found.asked if not url.startswith((origin, "data:"))] == []
        assert [said for said in found.complaints if said.startswith("error")] == []
        assert page.locator("main").count() == 1


def test_an_operation_is_tried_out_on_the_spot(chromium: Browser, origin: str) -> None:
    with opened(chromium, f"{origin}/docs") as found:
        block = found.page.locator(".opblock", has_text="/v1/resolve")
        block.locator(".opblock-summary-control").click()
        block.get_by_role("button", name="Try it out").click()
        block.get_by_placeholder("host").fill("forum.matomo.org")
        block.get_by_role("button", name="Execute").click()

        answer = block.locator(".live-responses-table")
        answer.wait_for()
        assert "200" in answer.locator(".response-col_status").last.inner_text()
        assert '"/v1/sites/forum"' in answer.inner_text()
