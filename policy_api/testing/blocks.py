"""What every kind of block promises; a test class gives a kind and two examples.

A plugin's tests look like ours::

    class TestTimeline(BlockKindContract):
        kind = TimelineKind()
        example = {...}  # a block with every field
        minimal = {...}  # a block with as little as possible
"""

# ruff: noqa: D102, S101 -- these are tests: their names are sentences, and they assert

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any, ClassVar

import pytest
from marshmallow import ValidationError

from policy_api.domain.blocks.base import Block, BlockKind
from policy_api.domain.changes.significance import DEFAULTS
from policy_api.domain.content.faults import faults
from policy_api.domain.content.paths import get_at, replace_units
from policy_api.domain.content.placeholders import fill
from policy_api.domain.entries.base import kind_of
from policy_api.domain.entries.translatable import form_of
from policy_api.domain.proof.canonical import canonical_json
from policy_api.domain.rendering.environment import BLOCKS, ENVIRONMENT


class ExampleScene:
    """A site of which everything is known."""

    locale = "en"

    def coded(self, code: str | None) -> dict[str, str] | None:
        """Return a code with a label."""
        return None if code is None else {"code": code, "label": f"Label of {code}"}

    def word(self, text: str) -> str:
        """Return a word as a translation."""
        return f"“{text}”"

    def name(self, value: object) -> str | None:
        """Return a name."""
        return None if value is None else str(value)

    def categories(self, keys: Iterable[str] | None) -> list[dict[str, Any]] | None:
        """Return categories of data."""
        if keys is None:
            return None
        return [{"key": key, "code": None, "label": f"Label of {key}"} for key in keys]

    def period(self, iso: str | None) -> dict[str, str] | None:
        """Return a period."""
        return None if iso is None else {"iso": iso, "label": f"Label of {iso}"}

    def contact(self, key: str) -> dict[str, Any]:
        """Return a contact."""
        return {"key": key, "name": f"Name of {key}"}

    def recipient(self, key: str) -> dict[str, Any]:
        """Return a recipient."""
        return {"key": key, "name": f"Name of {key}"}

    def table(self, key: str) -> dict[str, Any]:
        """Return a table."""
        return {"caption": f"Caption of {key}", "columns": [], "rows": [{"key": "a"}]}

    def sites(self, chosen: str | list[str]) -> list[dict[str, Any]]:
        """Return sites."""
        keys = ["main", "forum"] if chosen == "*" else chosen
        return [{"key": key, "name": key, "hosts": []} for key in keys]

    def license(self) -> dict[str, Any] | None:
        """Return the license."""
        return {"spdx": "CC-BY-4.0", "url": None, "attribution": None, "adapted_from": None}

    def url(self, template: str) -> str:
        """Return an address with what it asks for."""
        values = {"site.switch_url": "https://example.org/switch", "site.key": "main"}
        return fill(template, values, form="url")

    def html(self, markdown: str) -> str:
        """Return HTML."""
        return f"<p>{markdown}</p>"


class BlockKindContract:
    """Promises of a kind of block."""

    kind: ClassVar[BlockKind]
    example: ClassVar[Block]
    """A block with every field, in stored form."""

    minimal: ClassVar[Block]
    """A block with as little as possible."""

    def load(self, block: object) -> Block:
        """Load a block as a section does, whether or not its kind is registered."""
        loaded: Block = self.kind.schema().load(block)  # type: ignore[arg-type]
        return loaded

    def composed(self, block: Block) -> Block:
        """Compose a block on the example site."""
        return self.kind.compose(self.load(deepcopy(block)), ExampleScene())

    def test_the_example_is_of_the_kind(self) -> None:
        assert self.example["kind"] == self.minimal["kind"] == self.kind.kind

    def test_a_block_is_stored_as_it_is_written(self) -> None:
        assert self.load(deepcopy(self.example)) == self.example
        assert self.load(deepcopy(self.minimal)) == self.minimal

    def test_the_example_has_every_field(self) -> None:
        fields = set(self.kind.schema().load_fields)

        assert set(self.example) | {"locked"} == fields

    def test_an_unknown_field_is_refused(self) -> None:
        with pytest.raises(ValidationError) as refused:
            self.load(self.example | {"surprise": 1})

        assert [each.pointer for each in faults(refused.value.messages)] == ["/surprise"]

    def test_a_block_has_a_key(self) -> None:
        with pytest.raises(ValidationError) as refused:
            self.load({name: value for name, value in self.example.items() if name != "key"})

        assert [each.pointer for each in faults(refused.value.messages)] == ["/key"]

    def test_units_stand_where_they_say(self) -> None:
        texts = {unit.path: unit.text for unit in self.kind.units(self.example)}

        changed = replace_units(self.example, {path: f"New {texts[path]}" for path in texts})

        assert all(get_at(self.example, path) == text for path, text in texts.items())
        found = {unit.path: unit.text for unit in self.kind.units(changed)}
        assert found == {path: f"New {text}" for path, text in texts.items()}

    def test_the_form_of_a_unit_can_be_told_from_its_name(self) -> None:
        assert all(form_of(unit.path) is unit.form for unit in self.kind.units(self.example))

    def test_references_name_entries_that_can_exist(self) -> None:
        for reference in self.kind.references(self.example):
            own = reference.path.startswith("tables/")
            path = f"policies/x/{reference.path}" if own else reference.path

            assert kind_of(path) is not None
            assert str(_at(self.example, reference.pointer)) == path.rpartition("/")[2]

    def test_composing_leaves_the_block_alone(self) -> None:
        block = self.load(deepcopy(self.example))

        self.kind.compose(block, ExampleScene())

        assert block == self.example

    def test_the_edition_form_is_json_without_what_the_caller_adds(self) -> None:
        composed = self.composed(self.example)

        assert canonical_json(composed)
        assert {"key", "kind", "origin"}.isdisjoint(composed)

    def test_the_edition_form_has_the_same_fields_whatever_is_stated(self) -> None:
        full, least = self.composed(self.example), self.composed(self.minimal)

        assert list(full) == list(least)
        assert _member_fields(full) == _member_fields(least)

    def test_what_is_compared_is_there(self) -> None:
        composed = self.composed(self.example)
        comparison = self.kind.comparison

        assert all(_dotted(composed, text) is not None for text in comparison.texts)
        if comparison.items is not None:
            members = composed[comparison.items]
            assert all(isinstance(each[comparison.item_key], str) for each in members)

    def test_every_text_form_of_a_page_has_a_template(self) -> None:
        folder = getattr(self.kind, "templates", BLOCKS)

        for form in ("html", "md"):
            written = (folder / f"{self.kind.kind}.{form}").read_text(encoding="utf-8")
            assert ENVIRONMENT.from_string(written) is not None

    def test_its_changes_are_of_types_that_exist(self) -> None:
        comparison = self.kind.comparison
        added = comparison.added or f"{comparison.noun}.added"
        removed = comparison.removed or f"{comparison.noun}.removed"
        members = {added, removed, *comparison.aspects.values()} if comparison.items else set()

        assert {comparison.whole, *members} <= set(DEFAULTS)

    def test_units_of_least_are_no_more_than_of_all(self) -> None:
        least = {unit.path.rpartition("/")[2] for unit in self.kind.units(self.minimal)}

        assert least <= {unit.path.rpartition("/")[2] for unit in self.kind.units(self.example)}


def _at(block: Any, pointer: str) -> object:  # noqa: ANN401 -- JSON
    for step in pointer.split("/")[1:]:
        block = block[int(step)] if isinstance(block, list) else block[step]
    found: object = block
    return found


def _dotted(value: Any, path: str) -> object:  # noqa: ANN401 -- JSON
    for step in path.split("."):
        value = value[step]
    found: object = value
    return found


def _member_fields(composed: Block) -> dict[str, list[str]]:
    lists = {name: value for name, value in composed.items() if isinstance(value, list) and value}
    return {name: list(value[0]) for name, value in lists.items()}
