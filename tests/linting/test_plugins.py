"""Rules that others bring."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from policy_api import plugins
from policy_api.domain.linting.base import Rule
from policy_api.registry import Registry

GROUP = "policy_api.lint_rules"
POINT = EntryPoint(name="sections", value="tests.linting.test_reports:EverySection", group=GROUP)


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> Registry[Rule]:
    """Let plugins register elsewhere: the program's registry is closed once it runs."""
    registry = Registry[Rule]("lint rule")
    monkeypatch.setattr(plugins, "LINT_RULES", registry)
    return registry


def test_a_plugin_adds_its_rule_by_id(rules: Registry[Rule]) -> None:
    plugins.PLUGIN_GROUPS[GROUP](POINT)

    assert rules.names() == ("TST-001",)


def test_a_plugin_that_is_named_twice_is_added_once(rules: Registry[Rule]) -> None:
    plugins.PLUGIN_GROUPS[GROUP](POINT)
    plugins.PLUGIN_GROUPS[GROUP](POINT)

    assert len(rules) == 1
