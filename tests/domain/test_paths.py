"""Addresses inside entries: members of lists by their key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from policy_api.domain.content.paths import (
    get_at,
    is_field_path,
    node_kind,
    replace_units,
    set_at,
)


@pytest.fixture
def block() -> dict[str, Any]:
    return {
        "key": "data",
        "items": [
            {"key": "visits", "purpose": "Statistics."},
            {"key": "orders", "purpose": "Delivery.", "transfer": {"copy": "On request."}},
        ],
    }


def test_a_member_is_found_by_its_key(block: dict[str, Any]) -> None:
    assert get_at(block, "items/orders/purpose") == "Delivery."


@pytest.mark.parametrize("path", ["items/none/purpose", "items/orders/none", "none/x", "key/x"])
def test_what_is_not_there_is_not_stated(block: dict[str, Any], path: str) -> None:
    assert get_at(block, path) is None


def test_a_replaced_text_leaves_the_original_alone(block: dict[str, Any]) -> None:
    changed = set_at(block, "items/orders/purpose", "Shipping.")

    assert get_at(changed, "items/orders/purpose") == "Shipping."
    assert get_at(block, "items/orders/purpose") == "Delivery."
    assert changed["items"][0] is block["items"][0]


def test_a_field_that_was_not_stated_can_be_set(block: dict[str, Any]) -> None:
    changed = set_at(block, "items/visits/retention", "A year.")

    assert changed["items"][0]["retention"] == "A year."


def test_none_takes_a_field_away(block: dict[str, Any]) -> None:
    changed = set_at(block, "items/orders/transfer/copy", None)

    assert changed["items"][1]["transfer"] == {}


@pytest.mark.parametrize("path", ["items/none/purpose", "items/orders", "none/x", "key/x/y"])
def test_a_way_through_nothing_is_refused(block: dict[str, Any], path: str) -> None:
    with pytest.raises(LookupError):
        set_at(block, path, "x")


def test_several_texts_are_replaced_at_once(block: dict[str, Any]) -> None:
    changed = replace_units(block, {"items/visits/purpose": "a", "items/orders/purpose": "b"})

    assert [item["purpose"] for item in changed["items"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("sections/scope", "section"),
        ("sections/scope/blocks/intro", "block"),
        ("tables/services", "table"),
        ("tables/services/rows/payments", "row"),
        ("sections", None),
        ("sections/scope/blocks", None),
        ("sections/Scope", None),
        ("sections/../scope", None),
        ("sections/scope/", None),
        ("sections/scope\n", None),
    ],
)
def test_an_address_tells_its_kind(address: str, kind: str | None) -> None:
    assert node_kind(address) == kind


@pytest.mark.parametrize("text", ["markdown", "items/usage/purpose", "transfer/outside_eea"])
def test_a_field_path_is_a_chain_of_names(text: str) -> None:
    assert is_field_path(text)


@pytest.mark.parametrize("text", ["", "/a", "a/", "a//b", "../a", "A", "a b", "__class__", "a\n"])
def test_anything_else_is_no_field_path(text: str) -> None:
    assert not is_field_path(text)


def test_several_texts_go_in_as_one_after_the_other(block: dict[str, Any]) -> None:
    texts = {
        "items/orders/transfer/copy": "Here.",
        "items/visits/purpose": "Counting.",
        "items/orders/purpose": "Shipping.",
        "title": "Data",
    }
    one_by_one = block
    for path, text in texts.items():
        one_by_one = set_at(one_by_one, path, text)

    assert replace_units(block, texts) == one_by_one
    assert list(replace_units(block, texts)["items"]) == one_by_one["items"]


@pytest.mark.parametrize(
    "path", ["items/none/purpose", "none/x/y", "items/orders/purpose/x", "key/x", "items/orders"]
)
def test_texts_for_what_is_not_there_are_refused(block: dict[str, Any], path: str) -> None:
    with pytest.raises(LookupError):
        replace_units(block, {"items/visits/purpose": "Counting.", path: "Lost."})


def test_a_long_table_gets_its_texts_in_one_walk() -> None:
    members = Walked({"key": f"row-{number}", "purpose": "Old."} for number in range(500))

    changed = replace_units(
        {"rows": members}, {f"rows/row-{number}/purpose": f"{number}" for number in range(500)}
    )

    assert [row["purpose"] for row in changed["rows"]] == [str(number) for number in range(500)]
    assert members.walks == 1


class Walked(list[dict[str, Any]]):
    """A list that counts how often it is walked."""

    walks = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        self.walks += 1
        return super().__iter__()
