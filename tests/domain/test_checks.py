"""What entries say about each other."""

from __future__ import annotations

from typing import Any

import pytest

from policy_api.domain.content.source import Source
from policy_api.domain.entries.base import load_entry
from policy_api.domain.entries.checks import check_source
from policy_api.errors import Problem
from tests.domain.examples import EXAMPLES, examples

POLICY = "policies/privacy"
SECTION = f"{POLICY}/sections/welcome"
TABLE = f"{POLICY}/tables/services"
OVERLAY = f"{POLICY}/overlays/forum"


def found(edits: dict[str, Any]) -> list[Problem]:
    """Return the problems of the example source after some edits, None taking an entry out."""
    entries: dict[str, Any] = examples() | edits
    loaded = {path: load_entry(path, entry) for path, entry in entries.items() if entry}
    return list(check_source(Source.from_entries(loaded)))


def places(edits: dict[str, Any]) -> list[tuple[str, str]]:
    return [(problem.file, problem.pointer) for problem in found(edits)]


def with_field(path: str, **fields: object) -> dict[str, Any]:
    return {path: EXAMPLES[path] | fields}


def with_block(**block: object) -> dict[str, Any]:
    return with_field(SECTION, blocks=[{"key": "a", **block}])


def with_op(**op: object) -> dict[str, Any]:
    locale = f"{POLICY}/locales/pt-BR/overlays/forum"
    return with_field(OVERLAY, ops=[op]) | {locale: None}


def with_row(**fields: object) -> dict[str, Any]:
    row = {"key": "a", "recipient": "payer", "applies_to": ["*"], **fields}
    return with_field(TABLE, rows=[row])


def test_a_source_that_fits_has_no_problems() -> None:
    assert found({}) == []


def test_there_is_an_organization() -> None:
    (first, *_) = found({"organization": None})

    assert first == Problem("There is no organization.", file="organization", expected="its name")


def test_a_host_belongs_to_one_site() -> None:
    (problem,) = found(with_field("sites/main", hosts=["a.org", "forum.example.org"]))

    assert (problem.file, problem.pointer) == ("sites/main", "/hosts/1")
    assert "“forum”" in problem.detail


def site(base: str) -> dict[str, Any]:
    return {"name": "x", "hosts": [], "base": base, "locales": ["en"]}


def test_a_base_exists() -> None:
    (problem,) = found(with_field("sites/forum", base="mian"))

    assert problem.detail == "There is no site “mian”."
    assert problem.expected == "did you mean “main”?"


def test_a_base_is_no_descendant() -> None:
    edits = with_field("sites/main", base="forum")

    assert places(edits) == [("sites/forum", "/base"), ("sites/main", "/base")]
    assert "from itself" in found(edits)[0].detail


def test_a_site_is_not_its_own_base() -> None:
    assert places(with_field("sites/main", base="main")) == [("sites/main", "/base")]


def test_a_chain_of_bases_has_three_sites() -> None:
    assert found({"sites/third": site("forum")}) == []
    assert places({"sites/third": site("forum"), "sites/zz": site("third")}) == [
        ("sites/zz", "/base")
    ]


@pytest.mark.parametrize(
    ("edits", "place"),
    [
        (with_field("sites/main", policies=["privcy"]), ("sites/main", "/policies/0")),
        (with_field("sites/main", pages={"terms": "/t"}), ("sites/main", "/pages/terms")),
        (with_field("sites/main", locales=["de"]), ("sites/main", "/locales")),
        (with_field("recipients/payer", replaces="payer"), ("recipients/payer", "/replaces")),
        (with_field(POLICY, sections=["welcome", "more"]), (POLICY, "/sections/1")),
        ({f"{POLICY}/sections/more": EXAMPLES[SECTION]}, (f"{POLICY}/sections/more", "")),
        ({"policies/x/sections/a": EXAMPLES[SECTION]}, ("policies/x/sections/a", "")),
        ({f"{POLICY}/overlays/shop": {"ops": []}}, (f"{POLICY}/overlays/shop", "")),
        (
            {f"{POLICY}/locales/de/sections/gone": {"units": {"heading": "x"}}},
            (f"{POLICY}/locales/de/sections/gone", ""),
        ),
        (
            {f"{POLICY}/locales/de/overlays/main": {"units": {}}},
            (f"{POLICY}/locales/de/overlays/main", ""),
        ),
        (
            {f"{POLICY}/locales/en/policy": {"units": {"title": "x"}}},
            (f"{POLICY}/locales/en/policy", ""),
        ),
        (with_block(kind="recipients_table", table="service"), (SECTION, "/blocks/0/table")),
        (with_block(kind="contacts", contacts=["dpo", "x"]), (SECTION, "/blocks/0/contacts/1")),
        (with_block(kind="site_list", sites=["shop"]), (SECTION, "/blocks/0/sites/0")),
        (with_row(recipient="paypal"), (TABLE, "/rows/0/recipient")),
        (with_row(data_categories=["pd:Name", "x"]), (TABLE, "/rows/0/data_categories/1")),
        (with_row(applies_to=["main", "shop"]), (TABLE, "/rows/0/applies_to/1")),
        (
            with_op(
                op="append_row",
                target="tables/t",
                row={"key": "a", "recipient": "x", "applies_to": ["*"]},
            ),
            (OVERLAY, "/ops/0/row/recipient"),
        ),
        (
            with_op(op="override_row", target="tables/t/rows/r", field="recipient", value="x"),
            (OVERLAY, "/ops/0/value"),
        ),
        (
            with_op(
                op="insert_after",
                target="sections/welcome/blocks/intro",
                block={"key": "a", "kind": "contacts", "contacts": ["x"]},
            ),
            (OVERLAY, "/ops/0/block/contacts/0"),
        ),
    ],
)
def test_a_mention_of_nothing_is_pointed_at(edits: dict[str, Any], place: tuple[str, str]) -> None:
    others = {
        f"{POLICY}/locales/de/sections/welcome": None,
        f"{POLICY}/locales/de/tables/services": None,
    }

    assert places(others | edits) == [place]


def test_a_recipient_may_replace_one_that_is_gone() -> None:
    assert found(with_field("recipients/payer", replaces="gone")) == []


def test_an_anchor_belongs_to_one_section() -> None:
    sections = {
        **with_field(POLICY, sections=["welcome", "more"]),
        f"{POLICY}/sections/more": {
            "heading": "More",
            "anchor": "top",
            "blocks": [{"key": "a", "kind": "text", "markdown": "x"}],
        },
    }

    assert places(sections) == [(SECTION, "/anchor"), (f"{POLICY}/sections/more", "/anchor")]


@pytest.mark.parametrize(
    ("edits", "place"),
    [
        (with_block(kind="text", markdown="{site.nmae}"), (SECTION, "/blocks/0/markdown")),
        (with_field(POLICY, title="{site.x}"), (POLICY, "/title")),
        (with_row(purpose="{site.x}"), (TABLE, "/rows/0/purpose")),
        (with_field(SECTION, heading="{contact.x.email}"), (SECTION, "/heading")),
        (with_field(SECTION, heading="{contact.team.email}"), (SECTION, "/heading")),
        (with_field(SECTION, heading="{site.__class__}"), (SECTION, "/heading")),
        (
            {f"{POLICY}/locales/de/policy": {"units": {"title": "{site.x}"}}},
            (f"{POLICY}/locales/de/policy", "/units/title/text"),
        ),
        (
            {
                f"{POLICY}/locales/de/tables/services": {
                    "units": {"rows/payments/purpose": "{site.x}"}
                }
            },
            (f"{POLICY}/locales/de/tables/services", "/units/rows~1payments~1purpose/text"),
        ),
        (
            with_op(op="override", target="sections/welcome", field="heading", value="{site.x}"),
            (OVERLAY, "/ops/0/value"),
        ),
        (
            with_op(
                op="insert_after",
                target="sections/welcome",
                section={
                    "key": "a",
                    "heading": "x",
                    "blocks": [
                        {"key": "a", "kind": "text", "markdown": "x"},
                        {"key": "b", "kind": "text", "markdown": "{site.x}"},
                    ],
                },
            ),
            (OVERLAY, "/ops/0/section/blocks/1/markdown"),
        ),
        (with_op(op="set_var", name="site.other", value="x"), (OVERLAY, "/ops/0/name")),
        (with_op(op="set_var", name="site.switch_url", value="x"), (OVERLAY, "/ops/0/value")),
        (
            with_field("sites/main", vars={"switch_url": "http://a"}),
            ("sites/main", "/vars/switch_url"),
        ),
        (
            with_block(
                kind="embed", provider="a", url="https://a.org/{site.x}", title="x", fallback="y"
            ),
            (SECTION, "/blocks/0/url"),
        ),
        (
            with_block(
                kind="embed", provider="a", url="{organization.seat}", title="x", fallback="y"
            ),
            (SECTION, "/blocks/0/url"),
        ),
    ],
)
def test_a_wrong_placeholder_is_pointed_at(edits: dict[str, Any], place: tuple[str, str]) -> None:
    assert places(edits) == [place]


def test_a_misspelt_placeholder_comes_with_a_proposal() -> None:
    (problem,) = found(with_block(kind="text", markdown="{site.nmae}"))

    assert problem.detail == "No placeholder {site.nmae} is declared."
    assert problem.expected == "did you mean “site.name”?"


def test_a_contact_that_states_nothing_of_the_kind_says_what_it_states() -> None:
    (problem,) = found(with_field(SECTION, heading="{contact.team.email}"))

    assert problem.detail == "The contact “team” states no email."


def test_a_braced_word_behind_a_backslash_is_no_placeholder() -> None:
    assert found(with_block(kind="text", markdown="\\{site.x}")) == []
