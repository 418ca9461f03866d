"""The rules: one file for each group, one class for each rule."""

from __future__ import annotations

from policy_api.domain.linting.base import LINT_RULES, Rule
from policy_api.domain.linting.rules import (
    br,
    ch,
    changes,
    controller,
    cookies,
    gb,
    license,  # noqa: A004 -- named like its group
    locales,
    origins,
    purposes,
    recipients,
    retention,
    rights,
    sites,
    sub_processors,
    transfers,
    us_ca,
    wording,
)

GROUPS: tuple[tuple[Rule, ...], ...] = (
    controller.RULES,
    purposes.RULES,
    recipients.RULES,
    transfers.RULES,
    retention.RULES,
    rights.RULES,
    origins.RULES,
    cookies.RULES,
    changes.RULES,
    locales.RULES,
    wording.RULES,
    sites.RULES,
    license.RULES,
    us_ca.RULES,
    br.RULES,
    gb.RULES,
    ch.RULES,
    sub_processors.RULES,
)
"""Every group, in the order of the documentation; packs last."""


def builtin_rules() -> tuple[Rule, ...]:
    """Return the rules that come with the program."""
    return tuple(rule for group in GROUPS for rule in group)


def register_builtin_rules() -> None:
    """Put the built-in rules into the registry; a second call changes nothing."""
    for rule in builtin_rules():
        if rule.id not in LINT_RULES:
            LINT_RULES.register(rule.id, rule)
