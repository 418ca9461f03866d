"""Policy pages as people meet them: small and large screens, both directions, keyboard, paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import pytest

from tests.browser.chromium import (
    EVERYTHING,
    LOOKS,
    WIDTHS,
    Browser,
    Page,
    needs_a_browser,
    opened,
    read_aloud,
    violations,
)

pytestmark = needs_a_browser

MAIN = "/v1/sites/main/policies/privacy"
ENGLISH, ARABIC = f"{MAIN}.html?locale=en", f"{MAIN}.html?locale=ar"
PAGES = [
    ENGLISH,
    ARABIC,
    f"{MAIN}/versions/upcoming.html?locale=de",
    f"{MAIN}/versions/1.html?locale=es",
    f"{MAIN}.html?locale=fr&fallback=none",
    f"/v1/subscriptions/{'x' * 43}/confirm",
]
if EVERYTHING:
    SITES = ("shop", "forum", "demo", "developer", "plugins", "ios", "issues", "glossary")
    PAGES += [
        f"/v1/sites/{site}/policies/privacy.html?locale={locale}"
        for site, locale in product(("main", *SITES), ("en", "de", "fr", "es", "ar"))
        if (site, locale) not in {("main", "en"), ("main", "ar")}
    ]
SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }"""
"""What readers may set by WCAG 2.2, 1.4.12."""


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
@pytest.mark.parametrize("path", PAGES)
def test_nobody_is_shut_out(
    chromium: Browser, origin: str, path: str, width: int, scheme: str
) -> None:
    with opened(chromium, origin + path, width=width, color_scheme=scheme) as found:
        assert violations(found.page) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_nobody_else_for_anything(chromium: Browser, origin: str, path: str) -> None:
    with opened(chromium, origin + path) as found:
        elsewhere = [url for url in found.asked if not url.startswith(origin)]
        errors = [said for said in found.complaints if is_an_error(said)]

    assert elsewhere == []
    assert errors == []


def is_an_error(complaint: str) -> bool:
    """Leave out that this server has no picture for the tab, which every browser looks for."""
    return complaint.startswith("error") and "404" not in complaint


@pytest.mark.parametrize("style", ["", SPACED], ids=["as it is", "spaced"])
@pytest.mark.parametrize("path", [ENGLISH, ARABIC])
def test_no_page_is_wider_than_its_window(
    chromium: Browser, origin: str, path: str, style: str
) -> None:
    with opened(chromium, origin + path) as found:
        # By the browser itself, as a reader's own style sheet; the page's policy forbids others.
        found.page.evaluate(
            "css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css);"
            "document.adoptedStyleSheets.push(sheet); }",
            style,
        )

        for width in (320, 375, 640, 768, 1024, 1280, 1920):
            found.page.set_viewport_size({"width": width, "height": 800})
            assert found.page.evaluate("document.documentElement.scrollWidth") == width
            assert clipped(found.page) == []


def clipped(page: Page) -> list[str]:
    """Return the elements whose text runs out of them to the side."""
    cut: list[str] = page.evaluate(
        """() => [...document.querySelectorAll(".policy :is(p, li, td, th, dd, dt, h1, h2, h3)")]
        .filter(each => each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 1
            && getComputedStyle(each).display !== "inline")
        .map(each => each.textContent.trim().slice(0, 80))"""
    )
    return cut


@pytest.mark.parametrize("path", [ENGLISH, ARABIC])
def test_a_table_stays_a_table_where_its_rows_become_cards(
    chromium: Browser, origin: str, path: str
) -> None:
    roles = ("table", "row", "columnheader", "rowheader", "cell")
    counted = []
    for width in WIDTHS:
        with opened(chromium, origin + path, width=width) as found:
            heard = [node["role"] for node in read_aloud(found.page)]
            counted.append({role: heard.count(role) for role in roles})

    assert counted[0] == counted[1]
    assert counted[0]["table"] == 2
    assert min(counted[0].values()) > 0


def test_what_a_card_shows_as_a_label_is_not_read_out_twice(chromium: Browser, origin: str) -> None:
    with opened(chromium, origin + ENGLISH, width=320) as found:
        cells = [node["name"] for node in read_aloud(found.page) if node["role"] == "cell"]
        label = found.page.locator("td").first.evaluate(
            "cell => getComputedStyle(cell, '::before').content"
        )

    assert label.startswith('"Used on"')
    assert [name for name in cells if name.startswith("Used on")] == []


def test_the_keyboard_gets_past_the_head_at_once(chromium: Browser, origin: str) -> None:
    with opened(chromium, origin + ENGLISH) as found:
        page = found.page
        page.keyboard.press("Tab")
        skip = page.locator(".policy-skip-link")
        box = skip.bounding_box()
        assert skip.evaluate("link => link === document.activeElement")
        assert box["y"] >= 0

        page.keyboard.press("Enter")
        page.keyboard.press("Tab")

        assert page.evaluate("!!document.activeElement.closest('#policy_text')")


def test_whatever_has_the_focus_shows_it(chromium: Browser, origin: str) -> None:
    with opened(chromium, origin + ENGLISH) as found:
        seen = list(focused(found.page, 30))

    assert len(seen) == 30
    assert {outline for _, outline in seen} == {"solid"}


def focused(page: Page, steps: int) -> Iterator[tuple[str, str]]:
    """Yield, along the keyboard's way, what is reached and how its outline is drawn."""
    for _ in range(steps):
        page.keyboard.press("Tab")
        yield page.evaluate(
            "() => { const at = document.activeElement;"
            "return [at.textContent, at.tagName === 'IFRAME' ? 'solid'"
            " : getComputedStyle(at).outlineStyle]; }"
        )


def test_all_versions_open_by_keyboard(chromium: Browser, origin: str) -> None:
    with opened(chromium, origin + ENGLISH) as found:
        found.page.locator(".policy-versions summary").focus()
        found.page.keyboard.press("Enter")

        listed = found.page.locator(".policy-versions li")
        assert listed.first.is_visible()
        assert listed.count() == 8


def test_arabic_runs_from_right_to_left_and_english_in_it_does_not(
    chromium: Browser, origin: str
) -> None:
    with opened(chromium, origin + ARABIC) as found:
        page = found.page
        contents = page.locator(".policy-contents").bounding_box()
        sections = page.locator(".policy-sections").bounding_box()
        directions = page.evaluate(
            "[...document.querySelectorAll('.policy-section')].map("
            "each => [each.lang || 'ar', getComputedStyle(each).direction])"
        )

    assert contents["x"] > sections["x"] + sections["width"] / 2
    assert {tuple(pair) for pair in directions} == {("ar", "rtl"), ("en", "ltr")}


@pytest.mark.parametrize(("scheme", "page_is"), [("light", "bright"), ("dark", "dark")])
def test_colours_follow_the_reader(
    chromium: Browser, origin: str, scheme: str, page_is: str
) -> None:
    with opened(chromium, origin + ENGLISH, color_scheme=scheme) as found:
        painted = found.page.evaluate("getComputedStyle(document.body).backgroundColor")

    levels = [int(level) for level in re.findall(r"\d+", painted)]
    assert (sum(levels) > 3 * 128) is (page_is == "bright")


def test_on_paper_there_is_the_text_and_where_links_lead(chromium: Browser, origin: str) -> None:
    with opened(chromium, origin + ENGLISH) as found:
        page = found.page
        page.emulate_media(media="print")

        gone = [".policy-contents", ".policy-languages", ".policy-links", ".policy-embed iframe"]
        assert [name for name in gone if page.locator(name).first.is_visible()] == []
        assert "https://" in page.locator(".policy-embed a").evaluate(
            "link => getComputedStyle(link, '::after').content"
        )
        assert page.pdf(format="A4").startswith(b"%PDF")


def test_a_control_connects_to_nobody_until_it_is_wanted(chromium: Browser, origin: str) -> None:
    with opened(chromium, origin + ENGLISH) as found:
        found.page.locator(".policy-embed").scroll_into_view_if_needed()
        found.page.wait_for_load_state("networkidle")
        before = [url for url in found.asked if not url.startswith(origin)]

        with found.page.expect_request(re.compile(r"^https://matomo\.org/")):
            found.page.frame_locator(".policy-embed iframe").get_by_role("link").click()

    assert before == []


def test_a_page_leads_to_the_same_page_in_other_languages(chromium: Browser, origin: str) -> None:
    with opened(chromium, origin + ENGLISH) as found:
        found.page.get_by_role("link", name="Deutsch").first.click()
        found.page.wait_for_load_state()

        assert found.page.title().startswith("Datenschutzerklärung")
        assert found.page.locator("html").get_attribute("lang") == "de"
