"""The Markdown of policy texts: what authors should mend, and what readers would hear."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_api.domain.content.markdown import markdown_problems, parser, plain_text


@pytest.mark.parametrize(
    "text",
    [
        "Words, *more* words and **many** words.",
        "# Heading\n\n- one\n- two\n\n1. first\n2. second",
        "[a](https://example.org) [b](mailto:a@example.org) [c](tel:+49301) [d](#top)",
        "<https://example.org> and <mailto:a@example.org>",
        "[a](https://{site.host}/x) [b]({site.url}) [c](mailto:{contact.dpo.email})",
        "[a][1]\n\n[1]: https://example.org",
        "| a | b |\n| - | - |\n| c | d |",
        "1 < 2 and 3 > 2 & so on",
        "`code` without {braces",
        "\\<b> is text",
        "[a](https://münchen.example/ä)",
        "",
    ],
)
def test_plain_markdown_is_fine(text: str) -> None:
    assert markdown_problems(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "<b>x</b>",
        "<script>alert(1)</script>",
        "<!-- note -->",
        "text <br> text",
        "<div>\n\ntext\n\n</div>",
        "<img src=x onerror=alert(1)>",
        "![a](https://example.org/a.png)",
        "[a](http://example.org)",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](&#106;avascript:alert(1))",
        "[a](data:text/html,x)",
        "[a](/privacy)",
        "[a](//evil.example)",
        "[a](privacy.html)",
        "[a]()",
        "[a](https://user@example.org)",
        "[a](https://example.org/%E2%80%AE)",
        "[a][1]\n\n[1]: vbscript:x",
        "<javascript:alert(1)>",
        "[a](mailto:)",
        "[a](#)",
        "`{site.name}`",
        "```\n{site.name}\n```",
        "    {site.name}",
        "<https://{site.host}/>",
        "<{site.url}>",
    ],
)
def test_what_would_not_be_shown_as_written_is_told(text: str) -> None:
    assert len(markdown_problems(text)) >= 1


def test_a_problem_quotes_what_it_is_about() -> None:
    (problem,) = markdown_problems("See [a](http://example.org/" + "a" * 100 + ").")

    assert problem.startswith("Links go to https, mailto, tel or #anchor addresses, not to “http:")
    assert problem.endswith("…”")


def test_each_problem_is_told_once() -> None:
    assert len(markdown_problems("<b>x</b> <b>y</b>")) == 2


def test_plain_text_is_what_a_reader_would_hear() -> None:
    text = "# Title\n\nOne *two*\nthree [four](https://example.org).\n\n- five\n\n`six`"

    assert plain_text(text) == "Title One two three four. five six"


def test_cells_and_code_are_heard_too() -> None:
    assert plain_text("| a | b |\n| - | - |\n| c | d |\n\n```\ne\n```") == "a b c d e"


@given(st.text(alphabet="ab<>[](){}!*_`~|#:/\\&;.- \n", max_size=60))
def test_no_text_upsets_the_parser(text: str) -> None:
    assert isinstance(markdown_problems(text), tuple)
    assert plain_text(text) == " ".join(plain_text(text).split())


def test_raw_html_is_text_to_the_parser() -> None:
    assert parser().render("<b>x</b>") == "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"
