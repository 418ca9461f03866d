"""Two people edit the same state: what both said, and where they disagree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from policy_api.domain.content.merge import merge

Entries = dict[str, dict[str, Any]]

TABLE = "policies/privacy/tables/services"
GERMAN = "policies/privacy/locales/de/tables/services"

SCALARS = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["a", "b"])
KEYS = st.sampled_from(["a", "b", "c", "d"])
FIELDS = st.sampled_from(["purpose", "role", "kind", "hosts", "rows", "address", "units"])


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return objects of a few fields."""
    return st.dictionaries(FIELDS, inner, max_size=3)


def keyed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Return lists of objects with a key each."""
    members = st.dictionaries(KEYS, objects(inner), max_size=4)
    return members.map(lambda found: [{"key": key, **value} for key, value in found.items()])


VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(SCALARS, max_size=4, unique_by=repr), keyed(inner), objects(inner)
    ),
    max_leaves=12,
)
SOURCES = st.dictionaries(st.sampled_from(["x", "y", "z"]), objects(VALUES), max_size=3)


def row(key: str, **more: object) -> dict[str, Any]:
    """Return a row."""
    return {"key": key, "recipient": "payer", "purpose": "Takes payments.", **more}


def table(*rows: Mapping[str, Any], **more: object) -> Entries:
    """Return a source that is one table."""
    return {TABLE: {"columns": ["recipient", "purpose"], "rows": list(rows), **more}}


def keys(entries: Entries) -> list[str]:
    """Return the keys of the rows, in order."""
    return [row["key"] for row in entries[TABLE]["rows"]]


@given(SOURCES, SOURCES)
def test_what_nobody_else_touched_is_taken(base: Entries, edited: Entries) -> None:
    for merged in (merge(base, base, edited), merge(base, edited, base)):
        assert merged.entries == edited
        assert merged.conflicts == ()


@given(SOURCES, SOURCES)
def test_the_same_edit_twice_is_no_conflict(base: Entries, edited: Entries) -> None:
    merged = merge(base, edited, edited)

    assert merged.entries == edited
    assert merged.conflicts == ()


@given(SOURCES, SOURCES, SOURCES)
def test_it_does_not_matter_who_was_first(base: Entries, mine: Entries, theirs: Entries) -> None:
    there, back = merge(base, mine, theirs), merge(base, theirs, mine)

    seen = sorted(
        repr((found.path, found.pointer, found.base, found.mine, found.theirs))
        for found in there.conflicts
    )
    mirrored = sorted(
        repr((found.path, found.pointer, found.base, found.theirs, found.mine))
        for found in back.conflicts
    )
    assert seen == mirrored
    assert there.conflicts or there.entries == back.entries


@given(SOURCES, st.dictionaries(st.sampled_from(["p", "q"]), objects(VALUES), max_size=2))
def test_edits_of_different_entries_commute(base: Entries, added: Entries) -> None:
    mine = {**base, **added}
    theirs = {path: {**entry, "title": "New"} for path, entry in base.items()}

    merged = merge(base, mine, theirs)

    assert merged.conflicts == ()
    assert merged.entries == {**theirs, **added}


@given(
    st.lists(KEYS, unique=True),
    st.lists(st.sampled_from(["m1", "m2"]), unique=True),
    st.lists(st.sampled_from(["t1", "t2"]), unique=True),
)
def test_rows_that_both_append_are_all_there(
    base: list[str], mine: list[str], theirs: list[str]
) -> None:
    merged = merge(
        table(*map(row, base)),
        table(*map(row, [*base, *mine])),
        table(*map(row, [*base, *theirs])),
    )

    assert merged.conflicts == ()
    assert keys(merged.entries) in ([*base, *mine, *theirs], [*base, *theirs, *mine])


def test_two_fields_of_one_row_are_edited_by_two_people() -> None:
    base = table(row("pay"), row("mail"))
    mine = table(row("pay", purpose="Takes money."), row("mail"))
    theirs = table(row("pay", retention="Ten years."), row("mail"))

    merged = merge(base, mine, theirs)

    assert merged.entries == table(
        row("pay", purpose="Takes money.", retention="Ten years."), row("mail")
    )
    assert merged.conflicts == ()


def test_one_field_edited_twice_is_a_conflict_with_its_place() -> None:
    base = table(row("pay"), row("mail"))
    mine = table(row("pay", purpose="Takes money."), row("mail"))
    theirs = table(row("pay", purpose="Takes cash."), row("mail"))

    merged = merge(base, mine, theirs)

    assert merged.entries == mine
    assert [conflict.to_json() for conflict in merged.conflicts] == [
        {
            "path": TABLE,
            "pointer": "/rows/pay/purpose",
            "base": "Takes payments.",
            "mine": "Takes money.",
            "theirs": "Takes cash.",
        }
    ]


def test_an_edit_of_a_row_that_the_other_side_removed_is_a_conflict() -> None:
    base = table(row("pay"), row("mail"))
    mine = table(row("mail"))
    theirs = table(row("pay", purpose="Takes cash."), row("mail"))

    merged = merge(base, mine, theirs)

    assert [conflict.pointer for conflict in merged.conflicts] == ["/rows/pay"]
    assert merged.conflicts[0].mine is None
    assert keys(merged.entries) == ["mail"]


def test_an_entry_removed_here_and_edited_there_is_a_conflict() -> None:
    base = table(row("pay"))

    merged = merge(base, {}, table(row("pay"), caption="Services"))

    assert merged.entries == {}
    assert [(found.path, found.pointer) for found in merged.conflicts] == [(TABLE, "")]


def test_one_side_may_reorder_while_the_other_edits_and_adds() -> None:
    base = table(row("a"), row("b"), row("c"))
    mine = table(row("c"), row("a"), row("b"))
    theirs = table(row("a"), row("new"), row("b", purpose="Changed."))

    merged = merge(base, mine, theirs)

    assert merged.conflicts == ()
    assert keys(merged.entries) == ["a", "new", "b"]


def test_two_different_orders_are_a_conflict_of_the_list() -> None:
    base = table(row("a"), row("b"), row("c"))

    merged = merge(base, table(row("b"), row("a"), row("c")), table(row("a"), row("c"), row("b")))

    assert [found.pointer for found in merged.conflicts] == ["/rows"]
    assert merged.conflicts[0].mine == ["b", "a", "c"]


def test_sets_of_codes_grow_from_both_sides() -> None:
    base = table(row("pay", applies_to=["main"]))
    mine = table(row("pay", applies_to=["main", "shop"]))
    theirs = table(row("pay", applies_to=["forum", "main"]))

    merged = merge(base, mine, theirs)

    assert merged.conflicts == ()
    assert merged.entries[TABLE]["rows"][0]["applies_to"] == ["forum", "main", "shop"]


def test_facts_about_another_recipient_are_not_mixed_with_those_of_the_old() -> None:
    base = table(row("pay"))
    mine = table(row("pay", recipient="other"))
    theirs = table(row("pay", locations=[{"country": "US"}]))

    merged = merge(base, mine, theirs)

    assert [found.pointer for found in merged.conflicts] == ["/rows/pay"]


def test_a_translation_is_never_joined_with_somebody_elses_approval() -> None:
    unit = {"text": "Nimmt Zahlungen an.", "state": "draft"}
    path = "rows/pay/purpose"
    base = {GERMAN: {"units": {path: unit}}}
    mine = {GERMAN: {"units": {path: {**unit, "state": "approved"}}}}
    theirs = {GERMAN: {"units": {path: {**unit, "text": "Nimmt Geld an."}}}}

    merged = merge(base, mine, theirs)

    assert [found.pointer for found in merged.conflicts] == ["/units/rows~1pay~1purpose"]


def test_the_steps_of_an_overlay_are_one_program() -> None:
    path = "policies/privacy/overlays/shop"
    hide = {"op": "hide", "target": "sections/a"}
    other = {"op": "hide", "target": "sections/b"}

    merged = merge({path: {"ops": []}}, {path: {"ops": [hide]}}, {path: {"ops": [other]}})

    assert [found.pointer for found in merged.conflicts] == ["/ops"]


def test_the_parts_of_an_address_stay_together() -> None:
    path = "contacts/dpo"
    base = {path: {"role": "dpo", "address": {"street": "Old 1", "locality": "Paris"}}}
    mine = {path: {"role": "dpo", "address": {"street": "New 2", "locality": "Paris"}}}
    theirs = {path: {"role": "dpo", "address": {"street": "Old 1", "locality": "Lyon"}}}

    merged = merge(base, mine, theirs)

    assert [found.pointer for found in merged.conflicts] == ["/address"]
