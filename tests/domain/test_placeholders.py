"""Placeholders: found, filled, and never more than data."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_api.domain.content.links import https_url
from policy_api.domain.content.markdown import parser, plain_text
from policy_api.domain.content.placeholders import (
    check_value,
    contact_of,
    fill,
    is_declarable,
    leading_name,
    names,
)

VALUES = {"site.name": "Forum", "contact.dpo.email": "dpo@example.org", "site.url": "https://e.org"}


def test_names_are_found_once_and_in_order() -> None:
    assert names("{site.name} {contact.dpo.email} {site.name}") == (
        "site.name",
        "contact.dpo.email",
    )


@pytest.mark.parametrize(
    "text", ["", "{}", "{ site.name }", "{0}", "{0.__class__}", "%(x)s", "{{}}", "\\{site.name}"]
)
def test_other_braces_are_text(text: str) -> None:
    assert names(text) == ()


def test_an_escaped_backslash_escapes_no_brace() -> None:
    assert names("\\\\{site.name}") == ("site.name",)


def test_values_are_filled_in() -> None:
    filled = fill("{site.name}: {contact.dpo.email}", VALUES, form="line")

    assert filled == "Forum: dpo@example.org"


@pytest.mark.parametrize("form", ["line", "markdown", "url"])
def test_a_name_without_value_stays_as_written(form: str) -> None:
    text = "{site.__init__.__globals__} {0.__class__} %(x)s"

    assert fill(text, VALUES, form=form) == text


def test_an_escaped_brace_is_a_brace() -> None:
    assert fill("\\{site.name}", VALUES, form="line") == "{site.name}"
    assert plain_text(fill("\\{site.name}", VALUES, form="markdown")) == "{site.name}"


def test_a_value_is_not_filled_again() -> None:
    values = {"site.a": "{site.b}", "site.b": "secret"}

    assert fill("{site.a}", values, form="line") == "{site.b}"


@pytest.mark.parametrize(
    "value",
    [
        "*bold*",
        "# heading",
        "- item",
        "+ item",
        "1. item",
        "1) item",
        "> quote",
        "`code`",
        "[a](https://evil.example)",
        "![a](b)",
        "<b>x</b>",
        "&lt;",
        "a | b",
        "~~gone~~",
        "---",
        "===",
        "\\",
        "a\n\nb",
        "    code",
        "_under_ __score__",
        "<https://e.org>",
    ],
)
def test_a_value_makes_no_markup(value: str) -> None:
    for template in ("{site.v}", "before {site.v} after", "- {site.v}", "# {site.v}", "*{site.v}*"):
        filled = fill(template, {"site.v": value}, form="markdown")
        harmless = fill(template, {"site.v": "word"}, form="markdown")

        assert _structure(filled) == _structure(harmless)
        assert " ".join(value.split()) in plain_text(filled)


def _structure(markdown: str) -> list[str]:
    tokens = parser().parse(markdown)
    inner = [child.type for token in tokens for child in token.children or []]
    return [token.type for token in tokens] + [kind for kind in inner if kind != "text"]


@given(st.text(max_size=40))
def test_a_value_is_read_as_it_is(value: str) -> None:
    collapsed = " ".join(value.split())

    filled = fill("before {site.v} after", {"site.v": value}, form="markdown")

    shown = plain_text(filled).replace("\ufffd", "\x00")
    assert shown == " ".join(f"before {collapsed} after".split())


def test_a_value_inside_an_address_makes_no_other_address() -> None:
    filled = fill("https://{site.v}.e.org/{site.v}", {"site.v": "a/../@b?c#d"}, form="url")

    assert filled == "https://a%2F..%2F%40b%3Fc%23d.e.org/a%2F..%2F%40b%3Fc%23d"
    assert https_url(filled) is None


def test_a_leading_value_is_the_address() -> None:
    filled = fill("{site.url}/a?b={site.name}", VALUES | {"site.name": "x&y"}, form="url")

    assert filled == "https://e.org/a?b=x%26y"


def test_the_leading_name_of_an_address_is_told() -> None:
    assert leading_name("{site.url}/x") == "site.url"
    assert leading_name("https://{site.host}") is None


@pytest.mark.parametrize("name", ["site.form_url", "organization.seat"])
def test_sites_and_the_organization_may_have_variables(name: str) -> None:
    assert is_declarable(name)


@pytest.mark.parametrize("name", ["site.name", "contact.dpo.email", "form", "site.a.b", "site.A"])
def test_other_names_cannot_be_declared(name: str) -> None:
    assert not is_declarable(name)


def test_contacts_give_placeholders() -> None:
    assert contact_of("contact.privacy-team.email") == ("privacy-team", "email")
    assert contact_of("contact.dpo.address") is None


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", "anything"),
        ("url", "https://example.org/form"),
        ("email", "a@example.org"),
        ("phone", "+49 40 1"),
        ("date", "2026-03-01"),
    ],
)
def test_a_value_of_its_type_is_taken(kind: str, value: str) -> None:
    check_value(kind, value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("url", "http://example.org"),
        ("url", "javascript:alert(1)"),
        ("email", "nobody"),
        ("phone", "none"),
        ("date", "2026-02-29"),
        ("date", "20260301"),
        ("date", "2026-W09-7"),
        ("date", "1.3.2026"),
    ],
)
def test_a_value_of_another_type_is_refused(kind: str, value: str) -> None:
    with pytest.raises(ValueError, match="such as"):
        check_value(kind, value)
