"""The scale of significance, and changes as JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_api.domain.changes.types import Change, Op, Significance

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
NAMES = st.lists(st.text(), max_size=3).map(tuple)


def test_significance_compares_by_weight_and_not_by_spelling() -> None:
    scale = ["technical", "editorial", "non_material", "material"]

    assert [level.value for level in sorted(Significance)] == scale
    assert Significance.MATERIAL > Significance.NON_MATERIAL
    assert Significance.TECHNICAL <= Significance.EDITORIAL
    assert Significance.EDITORIAL >= Significance.EDITORIAL
    assert max(Significance) is Significance.MATERIAL


def test_significance_does_not_compare_with_any_text() -> None:
    assert json.loads(json.dumps(Significance.MATERIAL)) == "material"
    with pytest.raises(TypeError):
        assert Significance.MATERIAL < 3  # type: ignore[operator]


@given(
    st.builds(
        Change,
        path=st.text(),
        op=st.sampled_from(Op),
        type=st.text(),
        significance=st.sampled_from(Significance),
        before=JSON,
        after=JSON,
        members_added=NAMES,
        members_removed=NAMES,
        origin=st.sampled_from(["base", "site"]),
    )
)
def test_a_change_comes_back_from_its_json(change: Change) -> None:
    assert Change.from_json(change.to_json()) == change


def test_a_change_is_spelled_as_the_contract_says() -> None:
    change = Change(
        path="tables/services/rows/payments/locations",
        op=Op.CHANGED,
        type="recipient.location_changed",
        significance=Significance.MATERIAL,
        before=[{"country": "DE"}],
        after=[{"country": "US"}],
        members_added=("US",),
        members_removed=("DE",),
    )

    assert change.to_json() == {
        "path": "tables/services/rows/payments/locations",
        "op": "changed",
        "type": "recipient.location_changed",
        "from": [{"country": "DE"}],
        "to": [{"country": "US"}],
        "members": {"added": ["US"], "removed": ["DE"]},
        "significance": "material",
        "origin": "base",
    }
