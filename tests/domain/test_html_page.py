"""The page is complete, accessible, strict about its policy, and says where it stands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from policy_api.domain.rendering import environment
from policy_api.domain.rendering.html import PageView, fragment, page
from policy_api.domain.rendering.words import WORDS
from tests.domain.editions import EVERY_KIND, block, edition
from tests.domain.parsed import classed, document, found, text_of

LOCALES = ("en", "de", "ar")
VIEW = PageView(
    stylesheets=("/v1/assets/page.css", "https://style.example.org/site.css"),
    canonical_href="/v1/sites/forum/policies/privacy.html?locale=en",
    alternates={tag: f"/v1/sites/forum/policies/privacy.html?locale={tag}" for tag in LOCALES},
    links={"current": "/now.html", "upcoming": "/soon.html", "previous": "/before.html"},
    versions=(
        {"version": 4, "effective_at": "2026-04-09T00:00:00Z", "status": "current", "href": "/4"},
        {"version": 3, "effective_at": "2026-01-01T00:00:00Z", "status": "past", "href": "/3"},
    ),
    changelog=(
        {"version": 4, "title": "Pay", "summary": None, "locale": "en", "href": "/4"},
        {"version": 3, "title": "Tidy", "summary": "Less.", "locale": "en", "href": "/3"},
        {"version": 2, "title": "Old", "summary": None, "locale": "en", "href": "/2"},
    ),
)


def tree(shown: Mapping[str, Any], view: PageView = VIEW) -> ET.Element:
    return document(page(shown, view=view))


def notices(root: ET.Element, kind: str) -> str:
    return " ".join(text_of(each) for each in classed(root, f"policy-notice-{kind}"))


@pytest.mark.parametrize("locale", LOCALES)
def test_the_page_is_html_without_mistakes(locale: str) -> None:
    root = tree(edition(locale))

    assert root.get("lang") == locale
    assert root.get("dir") == ("rtl" if locale == "ar" else "ltr")
    assert len(found(root, "main")) == len(found(root, "h1")) == len(found(root, "article")) == 1


@pytest.mark.parametrize("locale", LOCALES)
def test_every_kind_of_block_is_shown(locale: str) -> None:
    root = tree(edition(locale))

    assert {kind for kind in EVERY_KIND if classed(root, f"policy-block-{kind}")} == set(EVERY_KIND)


@pytest.mark.parametrize("locale", LOCALES)
def test_ids_are_unique_and_every_link_on_the_page_arrives(locale: str) -> None:
    root = tree(edition(locale))

    ids = Counter(each.get("id") for each in root.iter() if each.get("id"))
    targets = {
        each.get("href", "")[1:] for each in root.iter("a") if each.get("href", "#x")[0] == "#"
    }
    labels = {each.get("aria-labelledby") for each in root.iter() if each.get("aria-labelledby")}
    assert [name for name, count in ids.items() if count > 1] == []
    assert targets <= set(ids)
    assert labels <= set(ids)


@pytest.mark.parametrize("locale", LOCALES)
def test_headings_descend_without_gaps(locale: str) -> None:
    root = tree(edition(locale))

    levels = [int(each.tag[1]) for each in root.iter() if re.fullmatch("h[1-6]", str(each.tag))]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("locale", LOCALES)
def test_a_strict_content_security_policy_blocks_nothing_of_it(locale: str) -> None:
    root = tree(edition(locale))

    names = {name for each in root.iter() for name in each.attrib}
    assert {each.tag for each in root.iter()}.isdisjoint({"script", "style", "img", "form"})
    assert not {name for name in names if name == "style" or name.startswith("on")}


@pytest.mark.parametrize("locale", LOCALES)
def test_tables_have_captions_and_heads_that_say_what_they_head(locale: str) -> None:
    root = tree(edition(locale))

    tables = [each for each in found(root, "table") if each.get("role") == "table"]
    assert len(tables) == 2
    for table in tables:
        assert text_of(found(table, "caption")[0])
        heads = [text_of(each) for each in found(table, "th", scope="col")]
        for row in found(table, "tbody")[0]:
            assert [each.get("data-label") for each in row] == heads
            assert row[0].get("scope") == "row"


def test_the_anchors_of_sections_and_rows_are_their_keys() -> None:
    root = tree(edition())

    ids = {each.get("id") for each in root.iter()}
    assert {"recipients", "recipients.table", "recipients.table.payments"} <= ids
    assert {"collect.doings.account", "rights.rights.access"} <= ids


def test_what_is_not_stated_differs_from_what_is_stated_to_be_none() -> None:
    root = tree(edition())

    row = found(root, "tr", id="recipients.table.hosting")[0]
    cells = {each.get("data-label"): text_of(each) for each in row}
    assert cells["Personal data"] == "none"
    assert cells["Place of processing"] == "not stated"


def test_a_section_in_another_language_says_so_and_keeps_the_readers_words() -> None:
    root = tree(edition("ar"))

    section = found(root, "section", id="cookies")[0]
    notice = classed(section, "policy-notice-language")[0]
    head = found(section, "th", scope="col")[0][0]
    entry = next(each for each in found(root, "a") if each.get("href") == "#cookies")
    assert (section.get("lang"), section.get("dir")) == ("en", "ltr")
    assert (notice.get("lang"), notice.get("dir")) == ("ar", "rtl")
    assert found(notice, "a")[0].get("href") == (
        "/v1/sites/forum/policies/privacy/versions/3?locale=ar"
    )
    assert (head.get("lang"), head.get("dir")) == ("ar", "rtl")
    assert (entry.get("lang"), entry.get("dir")) == ("en", "ltr")


def test_a_section_in_the_pages_language_repeats_no_language() -> None:
    root = tree(edition("de"))

    section = found(root, "section", id="promise")[0]
    assert section.get("lang") is None
    assert [each for each in section.iter() if each.get("lang")] == []


def test_an_outdated_translation_is_marked() -> None:
    root = tree(edition("de"))

    section = found(root, "section", id="collect")[0]
    assert notices(section, "language") == "Diese Übersetzung ist älter als das Original"


def test_a_translation_points_to_the_authoritative_text() -> None:
    translated, source = tree(edition("de")), tree(edition("en"))

    links = [
        each.get("href") for each in classed(translated, "policy-notice-language")[0].iter("a")
    ]
    assert links == [VIEW.alternates["en"]]
    assert notices(source, "language") == ""


@pytest.mark.parametrize(
    ("changes", "words", "href"),
    [
        ({"status": "past", "superseded_at": "2026-07-02T00:00:00Z"}, "July 2, 2026", "/now.html"),
        ({"status": "past"}, "no longer in force", "/now.html"),
        ({"status": "upcoming"}, "takes effect on April 9, 2026", "/now.html"),
        ({"status": "withdrawn"}, "withdrawn", "/now.html"),
        (
            {"upcoming": {"version": 5, "effective_at": "2026-07-02T00:00:00Z", "href": "/5"}},
            "takes effect on July 2, 2026",
            "/soon.html",
        ),
    ],
)
def test_a_banner_says_where_the_version_stands(
    changes: dict[str, Any], words: str, href: str
) -> None:
    root = tree(edition(**changes))

    banner = classed(root, "policy-notice-status")[0]
    assert words in text_of(banner)
    assert [each.get("href") for each in banner.iter("a")] == [href]
    assert all(f" {text_of(each)}" in text_of(banner) for each in banner.iter("a"))


def test_only_the_version_in_force_is_for_search_engines() -> None:
    in_force, past = tree(edition()), tree(edition(status="past"))

    assert found(in_force, "meta", name="robots") == []
    assert found(past, "meta", name="robots")[0].get("content") == "noindex"


def test_the_head_names_other_languages_and_forms() -> None:
    root = tree(edition())

    links = {
        each.get("hreflang") or each.get("type") or each.get("rel"): each.get("href")
        for each in found(root, "link")
    }
    assert links["ar"] == VIEW.alternates["ar"]
    assert links["canonical"] == VIEW.canonical_href
    assert links["application/json"] == "/v1/sites/forum/policies/privacy?locale=en"
    assert links["application/atom+xml"] == "/v1/sites/forum/policies/privacy/feed.atom"
    assert links["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert found(root, "title")[0].text == "Privacy policy · Example forum"


def test_languages_are_offered_by_their_own_names() -> None:
    root = tree(edition("de"))

    offered = found(classed(root, "policy-languages")[0], "a")
    assert [text_of(each) for each in offered] == ["English", "Deutsch", "العربية"]
    assert [each.get("lang") for each in offered] == list(LOCALES)
    assert [each.get("aria-current") for each in offered] == [None, "true", None]


def test_the_license_is_a_license_link_with_its_attribution() -> None:
    root = tree(edition())

    line = classed(root, "policy-license")[0]
    assert [each.get("href") for each in found(line, "a", rel="license")] == [
        "https://creativecommons.org/licenses/by/4.0/"
    ]
    assert "Example & friends" in text_of(line)


def test_the_license_is_named_once_and_at_the_end_if_no_block_names_it() -> None:
    whole = edition()
    bare = whole | {
        "sections": [
            {**each, "blocks": [block for block in each["blocks"] if block["kind"] != "license"]}
            for each in whole["sections"]
        ]
    }

    in_text, at_end = (classed(tree(each), "policy-license") for each in (whole, bare))

    assert [len(in_text), len(at_end)] == [1, 1]
    assert text_of(in_text[0]) == text_of(at_end[0])
    assert classed(classed(tree(bare), "policy-colophon")[0], "policy-license") != []


def test_the_changelog_is_as_long_as_the_block_says() -> None:
    root = tree(edition())

    entries = found(classed(root, "policy-changelog")[0], "li")
    assert [each.get("id") for each in entries] == ["about.history.4", "about.history.3"]


def test_what_changed_in_this_version_is_marked() -> None:
    changed, first = tree(edition()), tree(edition(version=1))

    marked = [text_of(each) for each in found(changed, "h2") if classed(each, "policy-badge")]
    assert marked == ["Who receives data changed"]
    assert classed(first, "policy-notice-change") == []


def test_the_fragment_is_the_bare_article_of_the_page() -> None:
    shown = edition("de")

    bare = fragment(shown, view=VIEW)

    assert bare.startswith('<article class="policy" lang="de" dir="ltr">')
    assert bare.rstrip().endswith("</article>")
    assert bare in page(shown, view=VIEW)


def test_a_page_needs_no_more_than_the_edition() -> None:
    root = tree(edition(links={}, license=None, change=None), PageView())

    assert found(root, "link") == []
    assert text_of(found(root, "h1")[0]) == "Privacy policy"


def test_headings_in_texts_never_take_the_id_of_another_place() -> None:
    shown = edition()
    for section in shown["sections"][:2]:
        section["blocks"] = [
            block("t", "text", markdown="", html='<h3 id="collect">x</h3><h3 id="same">y</h3>'),
            block("u", "text", markdown="", html='<h3 id="policy_text">z</h3>'),
        ]

    root = tree(shown)

    ids = [each.get("id") for each in root.iter("h3") if each.get("id")]
    assert ids == ["collect-2", "same", "policy_text-2", "collect-3", "same-2", "policy_text-3"]


def test_a_kind_without_a_template_shows_its_text_or_says_that_it_cannot() -> None:
    shown = edition()
    shown["sections"][0]["blocks"] = [
        block("a", "timeline", html="<p>1999: founded</p>"),
        block("b", "hologram", cube=3),
    ]

    root = tree(shown)

    assert text_of(classed(root, "policy-block-timeline")[0]) == "1999: founded"
    assert text_of(classed(root, "policy-block-hologram")[0]) == "This part cannot be shown here."


def test_templates_ask_only_for_words_that_exist() -> None:
    templates = [
        path.read_text()
        for folder in (environment.OWN, environment.BLOCKS)
        for path in (*folder.glob("*.html"), *folder.glob("*.md"))
    ]

    asked = {name for text in templates for name in re.findall(r'\bw\("(\w+)"', text)}
    assert len(asked) > 30
    assert asked <= set(WORDS)


def test_every_built_in_kind_has_both_templates() -> None:
    names = {path.name for path in environment.BLOCKS.iterdir()}

    assert names == {f"{kind}.{form}" for kind in EVERY_KIND for form in ("html", "md")}
