"""Markdown becomes HTML that holds nothing but text, structure and honest links."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_api.domain.rendering.markdown import plain_text, problems, sanitize, slug, to_html
from tests.domain.hostile import MARKDOWN
from tests.domain.parsed import SCHEMES, elements, pieces, text_of

WITHOUT_ATTRIBUTES = "p br hr blockquote ul li em strong s table thead tbody tr td"
ALLOWED: dict[str, set[str]] = {
    "a": {"href", "rel", "dir"},
    "code": {"dir"},
    "ol": {"start"},
    "th": {"scope"},
    **{f"h{level}": {"id"} for level in (3, 4, 5, 6)},
    "pre": {"dir"},
    **{name: set() for name in WITHOUT_ATTRIBUTES.split()},
}


def check_is_harmless(html: str) -> None:
    for element in elements(pieces(html)):
        assert element.tag in ALLOWED, element.tag
        assert set(element.attrib) <= ALLOWED[element.tag], (element.tag, element.attrib)
        assert element.get("href", "#").startswith(SCHEMES)
        assert "@" not in element.get("href", "#").removeprefix("mailto:") or element.get(
            "href", ""
        ).startswith("mailto:")


@pytest.mark.parametrize("markdown", MARKDOWN)
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_hostile_text_becomes_harmless_html(markdown: str, direction: str) -> None:
    html = to_html(markdown, dir=direction)

    check_is_harmless(html)


@pytest.mark.parametrize("markdown", MARKDOWN)
def test_sanitizing_again_changes_nothing(markdown: str) -> None:
    html = to_html(markdown)

    assert sanitize(html) == html


@given(st.lists(st.sampled_from(MARKDOWN), max_size=4).map("\n".join) | st.text(max_size=200))
def test_any_mixture_is_harmless_and_stays_as_it_is(markdown: str) -> None:
    html = to_html(markdown)

    check_is_harmless(html)
    assert sanitize(html) == html


@pytest.mark.parametrize(
    "html",
    [
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='/path'>x</a>",
        "<h3 id='a b' onclick=x>x</h3>",
        "<h1>x</h1><section id=x>y</section>",
        "<p dir=auto style=color:red class=notice>x</p>",
        "<td style='text-align:right' colspan=9>x</td>",
        "<svg><script>alert(1)</script></svg>",
        "<!-- x -->",
    ],
)
def test_stored_html_that_breaks_todays_rules_is_cleaned(html: str) -> None:
    clean = sanitize(html)

    for element in elements(pieces(clean)):
        assert element.tag in ALLOWED
        assert element.get("href") is None
        assert "style" not in element.attrib


def test_raw_html_is_shown_as_the_author_typed_it() -> None:
    html = to_html("Use <b>bold</b>")

    assert html == "<p>Use &lt;b&gt;bold&lt;/b&gt;</p>"


def test_links_are_kept_if_they_are_absolute_or_on_the_page() -> None:
    html = to_html(
        "[a](https://a.example/?x=1&y=2) [b](mailto:b@b.example) [c](tel:+49-40-1) [d](#recipients)"
    )

    hrefs = [element.get("href") for element in elements(pieces(html)) if element.tag == "a"]
    assert hrefs == [
        "https://a.example/?x=1&y=2",
        "mailto:b@b.example",
        "tel:+49-40-1",
        "#recipients",
    ]
    assert html.count('rel="noopener"') == 4


def test_a_link_that_may_not_be_followed_leaves_its_words() -> None:
    html = to_html("See [our *old* site](http://old.example/).")

    assert html == "<p>See our <em>old</em> site.</p>"


def test_a_picture_leaves_its_description() -> None:
    html = to_html("![A *blue* lock](https://a.example/lock.png)")

    assert html == "<p>A blue lock</p>"


@pytest.mark.parametrize(
    ("markdown", "levels"),
    [
        ("# A\n\n## B\n\n### C\n\n#### D", ["h3", "h4", "h5", "h6"]),
        ("### A\n\n### B", ["h3", "h3"]),
        ("## A\n\n##### B", ["h3", "h4"]),
        ("# A\n\n## B\n\n### C\n\n#### D\n\n##### E\n\n###### F", ["h3", "h4", "h5", *["h6"] * 3]),
    ],
)
def test_headings_follow_the_section_heading_without_gaps(markdown: str, levels: list[str]) -> None:
    html = to_html(markdown)

    tags = [element.tag for element in elements(pieces(html))]
    assert tags == levels


def test_headings_have_stable_ids_that_differ_within_a_text() -> None:
    html = to_html("# Your *data*\n\n# Your data\n\n# بياناتك\n\n# !!!")

    ids = [element.get("id") for element in elements(pieces(html)) if element.get("id")]
    assert ids == ["your-data", "your-data-2", "بياناتك", "heading"]


def test_a_slug_keeps_every_script_and_ends_somewhere() -> None:
    assert slug("Über: Ｃookies & Ko.") == "über-cookies-ko"
    assert len(slug("word " * 100)) <= 80


def test_heads_of_tables_name_their_column() -> None:
    html = to_html("| a | b |\n| :-- | --: |\n| 1 | 2 |")

    heads = [element.attrib for element in elements(pieces(html)) if element.tag == "th"]
    assert heads == [{"scope": "col"}, {"scope": "col"}]


def test_code_and_bare_addresses_keep_their_direction_in_right_to_left_text() -> None:
    html = to_html("انظر `npm` و <https://a.example/>", dir="rtl")

    found = {element.tag: element.get("dir") for element in elements(pieces(html))}
    assert found == {"p": None, "code": "ltr", "a": "ltr"}


def test_templates_and_format_strings_are_plain_text() -> None:
    text = "%(x)s {site.name.upper} {{ 7+7 }} ${7+7}"

    shown = text_of(pieces(to_html(text)))

    assert shown == text


def test_plain_text_is_what_one_would_read_aloud() -> None:
    text = "# We *keep*\n\nlittle,\nsee [here](https://a.example/).\n\n- `ip`\n- ![lock](x)"

    assert plain_text(text) == "We keep little, see here. ip lock"


def test_authors_are_told_what_would_not_be_shown() -> None:
    text = "<b>x</b> ![y](z.png) [w](http://old.example/) [v](https://a.example/)"

    told = " ".join(problems(text))

    assert "<b>" in told
    assert "http://old.example/" in told
    assert "a.example/" not in told
