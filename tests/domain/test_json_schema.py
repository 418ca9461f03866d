"""JSON Schema of entries: what an editor is told is what the program accepts and refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from policy_api.domain.blocks.base import BLOCK_KINDS
from policy_api.domain.content.sentences import sentences
from policy_api.domain.entries.base import ENTRY_KINDS, kind_of, load_entry
from policy_api.domain.entries.json_schema import entry_schema
from policy_api.domain.entries.kind import EntryKind
from policy_api.errors import BadInput
from policy_api.resources import data_dir
from tests.domain.examples import EXAMPLES, examples

VALIDATORS = {kind: Draft202012Validator(entry_schema(kind)) for kind in ENTRY_KINDS}

FILES = sorted(data_dir("sample").glob("[0-9]*/**/*.yaml"))

MISTAKES: dict[str, tuple[str, object]] = {
    "organization": ("country", "Germany"),
    "sites/main": ("hosts", ["https://example.org"]),
    "sites/forum": ("notice_period_days", 400),
    "contacts/dpo": ("email", "dpo"),
    "contacts/team": ("role", "boss"),
    "recipients/payer": ("url", "http://payer.example"),
    "categories/ip": ("term", "pd:Nonsense"),
    "policies/privacy": ("sections", []),
    "policies/privacy/sections/welcome": (
        "blocks",
        [{"key": "a", "kind": "notice", "markdown": "Words."}],
    ),
    "policies/privacy/tables/services": ("columns", ["colour"]),
    "policies/privacy/overlays/forum": ("ops", [{"op": "hide", "target": "tables/services"}]),
    "policies/privacy/locales/de/policy": ("units", {"heading": "Kopf"}),
    "policies/privacy/locales/de/sections/welcome": ("units", {"blocks/intro": "Nichts"}),
    "policies/privacy/locales/de/tables/services": (
        "units",
        {"caption": {"text": "Dienste", "state": "done"}},
    ),
}
"""Entry of the examples → a field, and a value that cannot stand in it."""


def validator(path: str) -> Draft202012Validator:
    kind = kind_of(path)
    assert kind is not None
    return VALIDATORS[kind]


@pytest.mark.parametrize("kind", ENTRY_KINDS, ids=lambda kind: kind.slug)
def test_a_schema_is_one(kind: EntryKind) -> None:
    schema = entry_schema(kind)

    Draft202012Validator.check_schema(schema)
    assert json.loads(json.dumps(schema)) == schema


@pytest.mark.parametrize("path", EXAMPLES)
def test_a_full_entry_is_accepted(path: str) -> None:
    assert list(validator(path).iter_errors(EXAMPLES[path])) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: "/".join(file.parts[-3:]))
def test_every_file_of_the_sample_is_accepted(file: Path) -> None:
    path = file.relative_to(data_dir("sample")).as_posix().partition("/")[2]

    found = validator(path.removesuffix(".yaml")).iter_errors(yaml.safe_load(file.read_text()))

    assert list(found) == []


@pytest.mark.parametrize("path", MISTAKES)
def test_what_the_editor_refuses_is_refused_by_the_program(path: str) -> None:
    field, value = MISTAKES[path]
    entry = examples()[path] | {field: value}

    assert not validator(path).is_valid(entry)
    with pytest.raises(BadInput):
        load_entry(path, entry)


@pytest.mark.parametrize("path", EXAMPLES)
def test_a_field_that_does_not_exist_is_refused(path: str) -> None:
    assert not validator(path).is_valid(EXAMPLES[path] | {"colour": "red"})


@pytest.mark.parametrize("path", EXAMPLES)
def test_each_required_field_is_missed(path: str) -> None:
    kind = kind_of(path)
    assert kind is not None
    for name in entry_schema(kind)["required"]:
        without = {field: value for field, value in EXAMPLES[path].items() if field != name}

        assert not validator(path).is_valid(without)


@pytest.mark.parametrize("path", EXAMPLES)
def test_null_is_the_same_as_no_field(path: str) -> None:
    kind = kind_of(path)
    assert kind is not None
    fields = kind.loader.load_fields.items()
    nulls: dict[str, Any] = {name: None for name, field in fields if not field.required}
    entry = EXAMPLES[path] | nulls

    assert validator(path).is_valid(entry)
    assert load_entry(path, entry) == load_entry(path, without_nulls(entry))


def without_nulls(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if value is not None}


@pytest.mark.parametrize("kind", ENTRY_KINDS, ids=lambda kind: kind.slug)
def test_every_field_of_an_entry_has_a_sentence(kind: EntryKind) -> None:
    assert set(sentences(kind.schema)) >= set(kind.loader.load_fields)


@pytest.mark.parametrize("name", BLOCK_KINDS.names())
def test_every_field_of_a_block_has_a_sentence(name: str) -> None:
    kind = BLOCK_KINDS.get(name)

    assert set(sentences(kind.schema)) >= set(kind.schema().load_fields)
