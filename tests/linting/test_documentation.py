"""Every rule is explained to those who meet it."""

from __future__ import annotations

import pytest

from policy_api.domain.linting.base import LINT_RULES
from policy_api.domain.linting.runner import packs
from policy_api.resources import data_dir

DOCS = data_dir("policy_api").parent / "docs"


@pytest.mark.parametrize("rule", LINT_RULES.names())
def test_each_rule_is_explained(rule: str) -> None:
    assert f"**{rule}**" in (DOCS / "explanation" / "lint.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("pack", packs())
def test_each_pack_is_explained(pack: str) -> None:
    assert f"### `{pack}`" in (DOCS / "explanation" / "lint.md").read_text(encoding="utf-8")


def test_no_two_rules_ask_for_the_same() -> None:
    titles = [(rule.pack, rule.title) for rule in LINT_RULES]

    assert len(set(titles)) == len(titles)
