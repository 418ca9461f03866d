"""Fields of content: what each takes, and what it says when it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError, fields

from policy_api.domain.content.characters import character_fault
from policy_api.domain.content.faults import Fault, faults, shown
from policy_api.domain.content.fields import (
    Code,
    Country,
    Flag,
    Key,
    Line,
    Locale,
    LocalizedName,
    Markdown,
    Prose,
    Region,
    Whole,
    Word,
)
from policy_api.domain.content.limits import LINE_LENGTH, MARKDOWN_LENGTH
from policy_api.domain.content.list_fields import (
    Category,
    Scope,
    Several,
    SiteChoice,
    Variables,
)
from policy_api.domain.content.vocabulary import Scheme
from policy_api.domain.content.web_fields import (
    Email,
    Host,
    HttpsUrl,
    Period,
    Phone,
    SitePath,
    UrlTemplate,
)
from policy_api.errors import Problem


def problem_of(field: fields.Field[Any], value: object) -> Problem:
    with pytest.raises(ValidationError) as refused:
        field.deserialize(value)
    return faults(refused.value.messages)[0]


def test_text_becomes_nfc() -> None:
    assert Line().deserialize("cafe\u0301") == "caf\u00e9"


def test_a_line_loses_the_space_around_it() -> None:
    assert Line().deserialize("  One line. ") == "One line."


def test_prose_loses_blank_lines_around_it_and_keeps_its_indentation() -> None:
    assert Prose().deserialize("\n  \n    code\r\n\r\ntext \n\n") == "    code\n\ntext"


@pytest.mark.parametrize(
    "text",
    [
        "a\x00b",
        "a\x07b",
        "a\x1bb",
        "a\x7fb",
        "a\x85b",
        "a\x9fb",
        "a\ufeffb",
        "a\u2028b",
        "a\u2029b",
        "a\ud800b",
        "a\uffffb",
        "a\u202eb",
        "a\u2066b",
        "a\u2069b",
        "\u2066a\u202c",
        "\u202aa\nb\u202c",
    ],
)
def test_invisible_characters_are_refused(text: str) -> None:
    assert problem_of(Prose(), text).expected


@pytest.mark.parametrize("text", ["\u2067abc\u2069", "\u202ba\u2066b\u2069c\u202c", "a\u200fb"])
def test_a_direction_that_is_turned_back_is_fine(text: str) -> None:
    assert Prose().deserialize(text) == text


@given(st.text(max_size=50))
def test_whatever_is_taken_can_be_written_in_utf_8(text: str) -> None:
    if character_fault(text) is None:
        assert "\x00" not in text
        assert text.encode().decode() == text


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_an_empty_text_is_refused(text: str) -> None:
    assert problem_of(Line(), text).detail == "The text is empty."


def test_a_line_has_no_second_one() -> None:
    assert problem_of(Line(), "a\nb").expected == "one line"


def test_a_text_has_a_length_that_is_stated() -> None:
    assert Line().deserialize("a" * LINE_LENGTH)
    assert problem_of(Line(), "a" * (LINE_LENGTH + 1)).expected == f"at most {LINE_LENGTH}"
    assert problem_of(Markdown(), "a" * (MARKDOWN_LENGTH + 1)).expected == "at most 20000"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (20354, '"20354" in quotes'),
        (True, '"true" in quotes'),
        ({"site.url": None}, '"{site.url}" in quotes'),
        (["a"], "text"),
    ],
)
def test_a_value_that_is_no_text_gets_a_hint_at_quotes(value: object, expected: str) -> None:
    assert problem_of(Line(), value).expected == expected


def test_markdown_that_would_not_be_shown_is_refused() -> None:
    problem = problem_of(Markdown(), "a <script>alert(1)</script> b")

    assert "HTML cannot be used" in problem.detail


def test_a_key_comes_with_a_proposal() -> None:
    assert "“my-key”" in problem_of(Key(), "My Key").expected


def test_a_word_comes_with_a_proposal() -> None:
    assert problem_of(Word(("promise", "info")), "promis").expected == "did you mean “promise”?"


@pytest.mark.parametrize("value", ["true", "yes", 1, 0, "no", None, []])
def test_only_true_and_false_are_flags(value: object) -> None:
    assert problem_of(Flag(), value).detail


@pytest.mark.parametrize("value", [True, "5", 5.0, 0, 51, 10**20, None])
def test_a_whole_number_keeps_its_bounds(value: object) -> None:
    assert problem_of(Whole(1, 50), value).detail


def test_a_locale_is_stored_in_canonical_form() -> None:
    assert Locale().deserialize("PT-br") == "pt-BR"
    assert Locale().deserialize("iw") == "he"


@pytest.mark.parametrize("tag", ["en_US", "x-private", "i-klingon", "\u0435n", "und", "", 5, "*"])
def test_what_names_no_language_is_refused(tag: object) -> None:
    assert problem_of(Locale(), tag).detail


def test_a_name_has_a_line_in_each_locale() -> None:
    names = LocalizedName().deserialize({"EN": "Forum", "de": "Forum "})

    assert names == {"de": "Forum", "en": "Forum"}


@pytest.mark.parametrize(
    ("value", "pointer"),
    [({"en": ""}, "/en"), ({"e n": "x"}, "/e n"), ({"en": "x", "EN": "y"}, "/EN"), ({}, "")],
)
def test_a_wrong_name_is_pointed_at(value: object, pointer: str) -> None:
    assert problem_of(LocalizedName(), value).pointer == pointer


def test_a_code_must_answer_the_question() -> None:
    assert Code(Scheme.LEGAL_BASIS).deserialize("eu-gdpr:A6-1-f") == "eu-gdpr:A6-1-f"
    assert Code(Scheme.PURPOSE).deserialize("x:Gardening") == "x:Gardening"
    assert "no legal basis" in problem_of(Code(Scheme.LEGAL_BASIS), "dpv:Marketing").detail


def test_a_misspelt_code_comes_with_a_proposal() -> None:
    problem = problem_of(Code(Scheme.PURPOSE), "dpv:DirectMarketting")

    assert "dpv:DirectMarketing" in problem.expected


@pytest.mark.parametrize(
    ("code", "expected"), [("UK", "GB"), ("de", "DE"), ("XX", "such as DE"), (True, "such as DE")]
)
def test_a_wrong_country_comes_with_a_proposal(code: object, expected: str) -> None:
    assert problem_of(Country(), code).expected.endswith(expected)


def test_a_region_is_text() -> None:
    assert Region().deserialize("150") == "150"
    assert problem_of(Region(), 150).expected == '"150" in quotes'
    assert problem_of(Region(), "DE").expected


@pytest.mark.parametrize("host", ["example.org", "xn--mnchen-3ya.de", "a.b.c.example", "localhost"])
def test_a_host_is_a_name_in_ascii(host: str) -> None:
    assert Host().deserialize(host) == host


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("Example.org", "example.org"),
        ("münchen.de", "xn--mnchen-3ya.de"),
        ("example.org.", "example.org"),
        ("example.org:443", ""),
        ("https://example.org", ""),
        ("127.0.0.1", ""),
        ("[::1]", ""),
        ("*.example.org", ""),
        ("-a.org", ""),
        ("a..b", ""),
        ("xn--0.de", ""),
        ("a b.org", ""),
        ("a" * 64 + ".org", ""),
        ("a." * 130 + "org", ""),
        (5, ""),
    ],
)
def test_another_spelling_of_a_host_is_refused(host: object, expected: str) -> None:
    assert problem_of(Host(), host).expected == (expected or "such as forum.example.org")


@pytest.mark.parametrize(
    "url", ["https://example.org", "https://e.org:8443/a?b=c#d", "https://münchen.de/ü"]
)
def test_an_https_address_is_taken(url: str) -> None:
    assert HttpsUrl().deserialize(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org",
        "//e",
        "/\\e",
        "https:/e",
        "https://",
        "https:///e",
        "javascript:alert(1)",
        "HTTPS://user@example.org",
        "https://user:pw@example.org",
        "https://example.org@evil.example",
        "https://e.org/ a",
        "https://e.org/\u202egnp",
        "https://e.org/%E2%80%AEgnp",
        "https://e.org\\@evil.example",
        "https://e.org:0/",
        "https://e.org:99999/",
        "https://[::1",
        "data:text/html,x",
        "https://e.org/<b>",
    ],
)
def test_any_other_address_is_refused(url: str) -> None:
    assert problem_of(HttpsUrl(), url).detail


def test_a_plain_http_address_comes_with_a_proposal() -> None:
    assert problem_of(HttpsUrl(), "http://example.org/a").expected == "https://example.org/a"


@pytest.mark.parametrize("url", ["{site.form_url}", "https://{site.host}/x?s={site.key}"])
def test_placeholders_may_stand_in_an_address(url: str) -> None:
    assert UrlTemplate().deserialize(url) == url


@pytest.mark.parametrize(
    "url", ["http://{site.host}", "{site.a", "x{site.a}", "{contact.dpo.email}", "/{site.key}"]
)
def test_an_address_must_come_out_as_https(url: str) -> None:
    assert problem_of(UrlTemplate(), url).detail


@pytest.mark.parametrize("email", ["a@example.org", "a.b+c@x.example.org", "o'hara@example.org"])
def test_an_email_address_is_taken(email: str) -> None:
    assert Email().deserialize(email) == email


@pytest.mark.parametrize(
    "email",
    ["a", "a@", "@b.org", "a@b", "a b@c.org", "a@b.org\nBcc: c@d.org", "<a@b.org>", ".a@b.org"],
)
def test_anything_else_is_no_email_address(email: str) -> None:
    assert problem_of(Email(), email).detail


def test_a_mail_link_comes_with_a_proposal() -> None:
    assert problem_of(Email(), "mailto:a@b.org").expected == "a@b.org"


@pytest.mark.parametrize("phone", ["+49 40 123-45", "040/12345", "112"])
def test_a_telephone_number_is_taken(phone: str) -> None:
    assert Phone().deserialize(phone) == phone


@pytest.mark.parametrize("phone", ["call us", "+", "1", "+49;ext=1", "1" * 50])
def test_anything_else_is_no_telephone_number(phone: str) -> None:
    assert problem_of(Phone(), phone).detail


@pytest.mark.parametrize("path", ["/", "/privacy/", "/de/datenschutz", "/a%20b"])
def test_a_path_stays_on_its_site(path: str) -> None:
    assert SitePath().deserialize(path) == path


@pytest.mark.parametrize("path", ["privacy", "//e", "/\\e", "/%09/../e", "/a?b", "/a#b", "/a b"])
def test_a_path_that_may_leave_its_site_is_refused(path: str) -> None:
    assert problem_of(SitePath(), path).detail


@pytest.mark.parametrize("period", ["P30D", "P24M", "P1Y6M", "P2W", "P1Y2M3D", "P0D"])
def test_a_period_is_taken(period: str) -> None:
    assert Period().deserialize(period) == period


@pytest.mark.parametrize("period", ["P", "30D", "PT1H", "P1W1D", "P-1D", "P1.5Y", "p1y", "P1D1Y"])
def test_anything_else_is_no_period(period: str) -> None:
    assert problem_of(Period(), period).detail


def test_a_list_holds_each_thing_once() -> None:
    problem = problem_of(Several(Key(), most=5), ["a", "b", "a"])

    assert (problem.pointer, problem.detail) == ("/2", "“a” stands in the list twice.")


@pytest.mark.parametrize("value", [[], ["a"] * 4, "abc", {"a": 1}, None])
def test_a_list_has_a_length_that_is_stated(value: object) -> None:
    assert problem_of(Several(Key(), most=3, fewest=1, required=True), value).pointer == ""


def test_a_category_is_a_key_or_a_term() -> None:
    assert Category().deserialize("ip") == "ip"
    assert Category().deserialize("pd:IPAddress") == "pd:IPAddress"
    assert problem_of(Category(), "pd:IPAdress").expected.startswith("perhaps pd:IPAddress")


def test_the_star_stands_alone() -> None:
    assert Scope().deserialize(["*"]) == ["*"]
    assert Scope().deserialize(["forum", "shop"]) == ["forum", "shop"]
    assert problem_of(Scope(), ["*", "forum"]).detail == "“*” is every site already."
    assert problem_of(Scope(), []).detail


@pytest.mark.parametrize("value", ["forum", [], 5, ["*"], {}])
def test_sites_are_chosen_by_star_or_list(value: object) -> None:
    assert SiteChoice().deserialize("*") == "*"
    assert problem_of(SiteChoice(), value).detail


def test_a_variable_loses_the_prefix_that_all_share() -> None:
    values = Variables("site").deserialize({"site.form_url": "x", "a": {"en": "y"}, "gone": None})

    assert values == {"a": {"en": "y"}, "form_url": "x"}


@pytest.mark.parametrize("name", ["Form", "__class__", "a.b", "organization.x", "", "a b"])
def test_a_variable_has_a_plain_name(name: str) -> None:
    assert problem_of(Variables("site"), {name: "x"}).detail


def test_a_variable_is_given_once() -> None:
    assert problem_of(Variables("site"), {"a": "x", "site.a": "y"}).detail == "“a” is named twice."


def test_what_was_meant_is_guessed_only_when_it_is_told() -> None:
    guesses = iter(["right"])
    fault = Fault("Wrong.", lambda: next(guesses))

    assert str(fault) == "Wrong."
    assert fault.expected == "right"
    assert list(guesses) == []


def test_a_message_shows_no_control_characters() -> None:
    assert shown("a\x1b[31m\u202eb" + "c" * 100) == "a\\x1b[31m\\u202eb" + "c" * 51 + "…"
