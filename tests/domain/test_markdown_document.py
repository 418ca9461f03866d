"""The Markdown document says what the page says and is Markdown wherever it is read."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from policy_api.domain.rendering.markdown_text import escaped, fitted
from policy_api.domain.rendering.plain import markdown_document
from tests.domain.editions import block, edition
from tests.domain.hostile import LINES, MARKDOWN
from tests.domain.parsed import elements, pieces, text_of

GITHUB = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
"""A reader that takes raw HTML for markup, as most programs do."""

NEWS = ({"version": 4, "title": "Pay", "summary": "Soon.", "locale": "en", "href": "/4"},)


def shown_as(markdown: str) -> str:
    html: str = GITHUB.render(markdown)
    return html


def with_blocks(*blocks: dict[str, Any]) -> dict[str, Any]:
    made = edition()
    made["sections"] = [{**made["sections"][0], "blocks": list(blocks)}]
    return made


def text_block(markdown: str) -> dict[str, Any]:
    return block("t", "text", markdown=markdown, html="")


def test_headings_descend_from_the_title() -> None:
    document = markdown_document(edition())

    heads = re.findall(r"^(#+) (.*)$", document, re.MULTILINE)
    assert heads[:3] == [("#", "Privacy policy"), ("##", "Our promise"), ("###", "What we mean")]
    assert ("###", "Account") in heads


def test_a_table_has_a_field_for_every_column() -> None:
    document = markdown_document(edition())

    root = pieces(shown_as(document))
    tables = list(root.iter("table"))
    assert [len(list(table.iter("th"))) for table in tables] == [2, 9, 6]
    assert {len(list(row)) for row in tables[1].iter("tr")} == {9}
    assert "Being paid | on time" in text_of(tables[1])


def test_none_and_not_stated_differ() -> None:
    document = markdown_document(edition("de"))

    row = next(line for line in document.splitlines() if line.startswith("| \\=HOST()"))
    assert "| keine |" in row
    assert "| *keine Angabe* |" in row


def test_a_section_in_another_language_says_so() -> None:
    document = markdown_document(edition("de"))

    after = document.split("## Cookies", 1)[1].split("\n\n")
    assert after[1].startswith("> Dieser Abschnitt liegt noch nicht auf Deutsch vor")
    assert "> Maßgeblich ist der Text" in document


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "past"}, "> This version is no longer in force."),
        ({"status": "withdrawn"}, "> This version was withdrawn"),
        ({"status": "upcoming"}, "> This version takes effect on April 9, 2026."),
        (
            {"upcoming": {"version": 5, "effective_at": "2026-07-02T00:00:00Z", "href": "/5"}},
            "> A new version takes effect on July 2, 2026.",
        ),
        ({"omitted": ["cookies", "about"]}, "cookies, about"),
    ],
)
def test_the_document_says_where_the_version_stands(changes: dict[str, Any], words: str) -> None:
    document = markdown_document(edition(**changes))

    assert words in document


def test_the_changelog_is_filled_in_by_the_caller() -> None:
    bare, filled = markdown_document(edition()), markdown_document(edition(), changelog=NEWS)

    assert "Soon." not in bare
    assert "- **[Version 4](/4)**: Pay – Soon." in filled


def test_two_lists_in_a_row_stay_two() -> None:
    document = markdown_document(with_blocks(text_block("- a\n- b"), text_block("- c")))

    lists = list(pieces(shown_as(document).replace("<!-- -->", "")).iter("ul"))
    assert [len(list(found)) for found in lists] == [2, 1]


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("# A\n\n## B\n\ntext", "### A\n\n#### B\n\ntext"),
        ("A\n=\n\nB\nb\n---\n\ntext", "### A\n\n#### B b\n\ntext"),
        ("> # A\n>\n> text", "> ### A\n>\n> text"),
        ("- # A\n- b", "- ### A\n- b"),
        ("2024 in words\n====", "### 2024 in words"),
        ("```\n# not a heading\n```", "```\n# not a heading\n```"),
        ("a\r\n\r\n# B", "a\n\n### B"),
    ],
)
def test_headings_in_texts_go_below_the_section(markdown: str, expected: str) -> None:
    assert fitted(markdown) == expected


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("a <b>c</b>", "a \\<b>c\\</b>"),
        ("see <https://a.example/> or <a@b.example>", "see <https://a.example/> or <a@b.example>"),
        ("`<b>` is code", "`<b>` is code"),
        ("1 < 2", "1 < 2"),
    ],
)
def test_html_in_a_text_stays_text(markdown: str, expected: str) -> None:
    assert fitted(markdown) == expected


@pytest.mark.parametrize("markdown", MARKDOWN)
def test_hostile_texts_bring_no_elements_into_a_reader_of_html(markdown: str) -> None:
    document = markdown_document(with_blocks(text_block(markdown)))

    tags = {element.tag for element in elements(pieces(shown_as(document)))}
    assert tags.isdisjoint({"script", "svg", "math", "iframe", "object", "embed", "style", "form"})
    assert tags.isdisjoint({"base", "meta", "link", "input", "button", "details", "video", "b"})


@pytest.mark.parametrize("line", LINES)
def test_a_hostile_line_is_shown_as_it_is(line: str) -> None:
    made = edition(title=line)
    made["sections"][2]["blocks"][0]["rows"][0]["purpose"] = line

    root = pieces(shown_as(markdown_document(made)))

    words = " ".join(line.replace("\x00", "\ufffd").split())
    assert text_of(next(root.iter("h1"))) == words
    assert text_of(list(root.iter("table"))[1].findall(".//td")[2]) == words


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60))
def test_an_escaped_line_reads_as_it_was_written(line: str) -> None:
    html = shown_as(f"{escaped(line)}\n")

    assert text_of(pieces(html)) == " ".join(line.split())


def test_a_kind_without_a_template_shows_its_text_or_says_that_it_cannot() -> None:
    document = markdown_document(
        with_blocks(
            block("a", "timeline", markdown="1999: *founded*"), block("b", "hologram", cube=3)
        )
    )

    assert "\n\n1999: *founded*\n\n*This part cannot be shown here.*\n" in document
