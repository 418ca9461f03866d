"""A registry hands out exactly what was put in, until it is closed."""

from __future__ import annotations

import pytest

from policy_api.registry import Registry


@pytest.fixture
def shapes() -> Registry[int]:
    registry = Registry[int]("shape")
    registry.register("triangle", 3)
    registry.register("square", 4)
    return registry


def test_items_come_back_by_name_and_in_order(shapes: Registry[int]) -> None:
    assert shapes.get("square") == 4
    assert shapes.names() == ("triangle", "square")
    assert shapes.items() == (("triangle", 3), ("square", 4))
    assert list(shapes) == [3, 4]
    assert len(shapes) == 2
    assert "square" in shapes
    assert "circle" not in shapes


def test_an_unknown_name_is_answered_with_the_known_ones(shapes: Registry[int]) -> None:
    with pytest.raises(LookupError, match=r"no shape 'circle'; known: triangle, square\."):
        shapes.get("circle")


def test_a_name_is_given_once(shapes: Registry[int]) -> None:
    with pytest.raises(ValueError, match="'square' already"):
        shapes.register("square", 5)


def test_a_frozen_registry_takes_nothing_more(shapes: Registry[int]) -> None:
    shapes.freeze()
    shapes.freeze()

    with pytest.raises(RuntimeError, match="frozen"):
        shapes.register("circle", 0)
    assert shapes.is_frozen
