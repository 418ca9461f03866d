"""Every kind of entry: what it takes, what it stores, what it refuses and where."""

from __future__ import annotations

from typing import Any

import pytest

from policy_api.domain.content.paths import replace_units
from policy_api.domain.entries.base import ENTRY_KINDS, kind_of, load_entry, path_problem
from policy_api.domain.entries.units import entry_units
from policy_api.domain.proof.canonical import canonical_json
from policy_api.errors import BadInput, Problem
from tests.domain.examples import EXAMPLES, examples

SECTION = "policies/privacy/sections/welcome"
TABLE = "policies/privacy/tables/services"
OVERLAY = "policies/privacy/overlays/forum"
LOCALE = "policies/privacy/locales/de/sections/welcome"


def problems(path: str, value: object) -> tuple[Problem, ...]:
    with pytest.raises(BadInput) as refused:
        load_entry(path, value)
    return refused.value.problems


def pointers(path: str, value: object) -> list[str]:
    return [problem.pointer for problem in problems(path, value)]


def with_field(path: str, **fields: object) -> dict[str, Any]:
    return examples()[path] | fields


@pytest.mark.parametrize("path", EXAMPLES)
def test_a_full_entry_is_stored_as_it_is_written(path: str) -> None:
    assert load_entry(path, examples()[path]) == EXAMPLES[path]


@pytest.mark.parametrize("path", EXAMPLES)
def test_loading_what_is_stored_changes_nothing(path: str) -> None:
    once = load_entry(path, examples()[path])

    assert canonical_json(load_entry(path, once)) == canonical_json(once)


@pytest.mark.parametrize("path", EXAMPLES)
def test_an_unknown_field_is_refused(path: str) -> None:
    (problem,) = problems(path, with_field(path, surprise=1))

    assert problem.pointer == "/surprise"
    assert problem.detail == "There is no field 'surprise' here."


@pytest.mark.parametrize("path", EXAMPLES)
@pytest.mark.parametrize("value", [None, [], "text", 5, True])
def test_an_entry_is_an_object(path: str, value: object) -> None:
    assert pointers(path, value) == [""]


@pytest.mark.parametrize("path", EXAMPLES)
def test_an_example_has_every_field_of_its_kind(path: str) -> None:
    kind = kind_of(path)

    assert kind is not None
    fields = set(kind.loader.load_fields)
    stated = {name for each in EXAMPLES if kind_of(each) is kind for name in EXAMPLES[each]}
    assert stated == fields


def test_there_is_an_example_of_every_kind() -> None:
    assert {kind_of(path) for path in EXAMPLES} == set(ENTRY_KINDS)


def test_null_says_nothing() -> None:
    entry = with_field("recipients/payer", country=None, legal_name=None)

    stored = load_entry("recipients/payer", entry)

    assert "country" not in stored
    assert "legal_name" not in stored


def test_null_is_no_value_for_what_is_required() -> None:
    assert pointers("recipients/payer", {"name": None}) == ["/name"]


def test_an_empty_list_is_a_statement() -> None:
    stored = load_entry(TABLE, examples()[TABLE])

    assert stored["rows"][1]["data_categories"] == []
    assert "locations" not in stored["rows"][1]


def test_a_misspelt_field_comes_with_a_proposal() -> None:
    (problem,) = problems("sites/main", with_field("sites/main", umbrela=True))

    assert problem.expected == "did you mean “umbrella”?"


def test_every_problem_is_told_at_once() -> None:
    entry = {"name": "", "hosts": ["Example.org", "ok.org"], "locales": [], "umbrella": "yes"}

    found = pointers("sites/main", entry)

    assert sorted(found) == ["/hosts/0", "/locales", "/name", "/umbrella"]


@pytest.mark.parametrize(
    ("path", "fields", "pointer"),
    [
        ("organization", {"country": "UK"}, "/country"),
        ("organization", {"source_locale": "en_US"}, "/source_locale"),
        ("organization", {"vars": {"site.x": "y"}}, "/vars/site.x"),
        ("sites/main", {"hosts": ["a.org", "a.org"]}, "/hosts/1"),
        ("sites/main", {"base": "Main"}, "/base"),
        ("sites/main", {"notice_period_days": 366}, "/notice_period_days"),
        ("sites/main", {"pages": {"privacy": "//evil.example"}}, "/pages/privacy"),
        ("contacts/dpo", {"role": "boss"}, "/role"),
        ("contacts/dpo", {"address": {"country": "Germany"}}, "/address/country"),
        ("contacts/dpo", {"email": "dpo"}, "/email"),
        ("recipients/payer", {"role": "dpv:Marketing"}, "/role"),
        ("recipients/payer", {"privacy_policy_url": "http://a.org"}, "/privacy_policy_url"),
        ("categories/ip", {"term": "pd:Nothing"}, "/term"),
        ("categories/ip", {"label": {"xx-yy": "a"}}, "/label/xx-yy"),
        ("policies/privacy", {"sections": []}, "/sections"),
        ("policies/privacy", {"sections": ["a", "a"]}, "/sections/1"),
        ("policies/privacy", {"placeholders": {"site.name": "text"}}, "/placeholders/site.name"),
        ("policies/privacy", {"placeholders": {"site.x": "number"}}, "/placeholders/site.x"),
        ("policies/privacy", {"license": {"spdx": "MIT"}}, "/license/url"),
        ("policies/privacy", {"gate": "sometimes"}, "/gate"),
        (SECTION, {"blocks": []}, "/blocks"),
        (SECTION, {"layer": 4}, "/layer"),
        (SECTION, {"blocks": [{"key": "a", "kind": "textt"}]}, "/blocks/0"),
        (SECTION, {"blocks": [{"key": "a"}]}, "/blocks/0"),
        (SECTION, {"blocks": ["text"]}, "/blocks/0"),
        (TABLE, {"columns": ["price"]}, "/columns/0"),
        (TABLE, {"rows": [{"key": "a", "recipient": "b"}]}, "/rows/0/applies_to"),
        (LOCALE, {"units": {"headng": "x"}}, "/units/headng"),
        (LOCALE, {"units": {"heading": {"text": "x", "state": "done"}}}, "/units/heading/state"),
        (LOCALE, {"units": {"heading": "a\nb"}}, "/units/heading/text"),
        (
            LOCALE,
            {"units": {"blocks/intro/markdown": "<b>x</b>"}},
            "/units/blocks~1intro~1markdown/text",
        ),
    ],
)
def test_a_wrong_value_is_pointed_at(path: str, fields: dict[str, Any], pointer: str) -> None:
    assert pointers(path, with_field(path, **fields)) == [pointer]


def test_blocks_of_a_section_have_keys_of_their_own() -> None:
    block = {"key": "a", "kind": "text", "markdown": "x"}

    assert pointers(SECTION, with_field(SECTION, blocks=[block, block])) == ["/blocks/1/key"]


def test_a_place_says_something() -> None:
    entry = examples()[TABLE]
    entry["rows"][0]["locations"] = [{}]

    (problem,) = problems(TABLE, entry)

    assert problem.pointer == "/rows/0/locations/0"
    assert problem.expected == "a country, a region or a place"


def test_a_bare_translation_is_short_for_a_text() -> None:
    stored = load_entry(LOCALE, {"units": {"heading": "Willkommen"}})

    assert stored == {"units": {"heading": {"text": "Willkommen"}}}


@pytest.mark.parametrize(
    ("op", "pointer"),
    [
        ({"op": "replace"}, "/ops/0/op"),
        ({}, "/ops/0/op"),
        ("hide", "/ops/0"),
        ({"op": "hide"}, "/ops/0/target"),
        ({"op": "hide", "target": "tables/services/rows/hosting"}, "/ops/0/target"),
        ({"op": "hide_row", "target": "sections/welcome"}, "/ops/0/target"),
        ({"op": "hide", "target": "sections/../x"}, "/ops/0/target"),
        ({"op": "override", "target": "sections/a", "field": "heading"}, "/ops/0/value"),
        (
            {"op": "override", "target": "sections/a", "field": "__class__", "value": "x"},
            "/ops/0/field",
        ),
        (
            {"op": "override", "target": "sections/a", "field": "heading", "value": "a\nb"},
            "/ops/0/value",
        ),
        (
            {
                "op": "override",
                "target": "sections/a/blocks/b",
                "field": "markdown",
                "value": "[x](javascript:alert)",
            },
            "/ops/0/value",
        ),
        (
            {"op": "override", "target": "sections/a", "field": "layer", "value": 1.5},
            "/ops/0/value",
        ),
        (
            {
                "op": "override",
                "target": "sections/a",
                "field": "heading",
                "value": "x",
                "source_hash": "sha256:0",
            },
            "/ops/0/source_hash",
        ),
        ({"op": "insert_after", "target": "sections/a"}, "/ops/0"),
        (
            {
                "op": "insert_after",
                "target": "sections/a",
                "block": {"key": "b", "kind": "text", "markdown": "x"},
            },
            "/ops/0/target",
        ),
        (
            {
                "op": "insert_after",
                "target": "sections/a/blocks/b",
                "block": {"key": "B", "kind": "text", "markdown": "x"},
            },
            "/ops/0/block/key",
        ),
        (
            {"op": "append_row", "target": "tables/a", "row": {"key": "x", "applies_to": ["*"]}},
            "/ops/0/row/recipient",
        ),
        ({"op": "set_var", "name": "site.key", "value": "x"}, "/ops/0/name"),
        ({"op": "set_var", "name": "contact.dpo.email", "value": "x"}, "/ops/0/name"),
        ({"op": "set_var", "name": "form", "value": 5}, "/ops/0/value"),
    ],
)
def test_a_wrong_op_is_pointed_at(op: object, pointer: str) -> None:
    assert pointers(OVERLAY, {"ops": [op]}) == [pointer]


def test_an_override_may_take_a_statement_back() -> None:
    op = {"op": "override_row", "target": "tables/t/rows/r", "field": "retention", "value": None}

    assert load_entry(OVERLAY, {"ops": [op]}) == {"ops": [op]}


def test_the_same_op_may_come_twice() -> None:
    op = {"op": "hide", "target": "sections/welcome"}

    assert load_entry(OVERLAY, {"ops": [op, op]}) == {"ops": [op, op]}


def test_a_variable_is_stored_by_its_full_name() -> None:
    op = {"op": "set_var", "name": "switch_url", "value": "https://e.org"}

    stored = load_entry(OVERLAY, {"ops": [op]})

    assert stored["ops"][0]["name"] == "site.switch_url"


def test_texts_of_an_override_are_clean() -> None:
    value = [{"key": "a", "purpose": "cafe\u0301", "gone": None}]
    op = {"op": "override", "target": "sections/a/blocks/b", "field": "items", "value": value}

    stored = load_entry(OVERLAY, {"ops": [op]})

    assert stored["ops"][0]["value"] == [{"key": "a", "purpose": "caf\u00e9"}]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("sites", "sites/{site}"),
        ("site/main", "did you mean “sites”?"),
        ("sites/Main", "lower case: sites/main"),
        ("sites/../organization", "sites/{site}"),
        ("policies/privacy/locales/PT-br/policy", "policies/privacy/locales/pt-BR/policy"),
        ("policies/privacy/locales/xx-yy-zz/policy", "xx-yy-zz"),
        ("policies/privacy/sections/a/b", "policies/{policy}/sections/{section}"),
        ("organization/x", "organization"),
        ("", "one of"),
        ("sites/main\n", "sites/{site}"),
        ("sites/" + "a" * 64, "sites/{site}"),
    ],
)
def test_a_path_that_is_none_comes_with_a_proposal(path: str, expected: str) -> None:
    problem = path_problem(path)

    assert problem is not None
    assert expected in problem.expected
    with pytest.raises(BadInput):
        load_entry(path, {})


@pytest.mark.parametrize("path", sorted(EXAMPLES.keys() - {OVERLAY}))
def test_units_stand_where_they_say(path: str) -> None:
    entry = examples()[path]
    texts = {unit.path: unit.text for unit in entry_units(path, entry)}

    changed = replace_units(entry, {address: f"New {text}" for address, text in texts.items()})

    found = {unit.path: unit.text for unit in entry_units(path, changed)}
    assert found == {address: f"New {text}" for address, text in texts.items()}


def test_a_table_has_its_caption_and_the_texts_of_rows_as_units() -> None:
    assert [unit.path for unit in entry_units(TABLE, EXAMPLES[TABLE])] == [
        "caption",
        "rows/payments/purpose",
        "rows/payments/legitimate_interest",
        "rows/payments/transfer/copy",
        "rows/payments/retention",
        "rows/payments/required",
    ]


def test_units_of_an_overlay_are_addressed_by_node() -> None:
    units = {unit.path: unit for unit in entry_units(OVERLAY, EXAMPLES[OVERLAY])}

    assert list(units) == [
        "sections/welcome/blocks/promise/markdown",
        "sections/welcome/blocks/data/items/visits/purpose",
        "sections/posts/heading",
        "sections/posts/blocks/body/markdown",
        "sections/welcome/blocks/hello/markdown",
        "tables/services/rows/mailing/purpose",
    ]
    assert units["sections/welcome/blocks/promise/markdown"].form == "markdown"


def test_of_two_overrides_of_a_text_the_later_one_is_the_unit() -> None:
    ops = [
        {"op": "override", "target": "sections/a", "field": "heading", "value": text}
        for text in ("First", "Second")
    ]

    assert [unit.text for unit in entry_units(OVERLAY, {"ops": ops})] == ["Second"]


def test_facts_are_no_units() -> None:
    op = {"op": "override", "target": "sections/a/blocks/b", "field": "tone", "value": "info"}

    assert list(entry_units(OVERLAY, {"ops": [op]})) == []
    assert list(entry_units("sites/main", EXAMPLES["sites/main"])) == []
