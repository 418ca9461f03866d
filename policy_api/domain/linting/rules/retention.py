"""RET: how long data is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from typing_extensions import override

from policy_api.domain.labels import N_
from policy_api.domain.linting.base import Flaw, Found, Rule, Severity, each, flaw
from policy_api.domain.linting.handling import Handling
from policy_api.domain.linting.view import View

LIMITLESS: Final = frozenset({"dpv:EndlessDuration", "dpv:IndeterminateDuration"})

NO_PERIOD = N_("{name}: no storage period or end event is stated.")
NO_LIMIT = N_("The storage rule for “{name}” sets no limit.")


class PeriodStated(Rule):
    """A rule of the retention list with the item's key speaks for the item."""

    id, severity, source = "RET-001", Severity.ERROR, "GDPR 13(2)(a)"
    title = "Every processing has a storage period or an end event of its own"

    @override
    def check(self, view: View) -> Found:
        def judge(item: Handling) -> Flaw | None:
            if item.states("retention") or item.facts["key"] in ruled:
                return None
            return flaw(item.at("retention"), NO_PERIOD, name=item.name)

        ruled = {
            rule["key"]
            for _, block in view.blocks_of("retention")
            for rule in block["rules"]
            if is_limited(rule)
        }
        return each(view.items, judge)


class StorageLimited(Rule):
    """Art. 5(1)(e): pseudonymised data is personal data and cannot be kept for ever."""

    id, severity = "RET-002", Severity.WARNING
    source = "GDPR 5(1)(e); WP260 annex"
    title = "No storage rule lasts for ever, or only “as long as needed”"

    @override
    def check(self, view: View) -> Found:
        rules = (
            (f"{address}/rules/{rule['key']}", rule)
            for address, block in view.blocks_of("retention")
            for rule in block["rules"]
        )
        return each(rules, self._flaw)

    @staticmethod
    def _flaw(placed: tuple[str, Mapping[str, Any]]) -> Flaw | None:
        path, rule = placed
        if is_limited(rule):
            return None
        return flaw(path, NO_LIMIT, name=rule["applies_to"])


def is_limited(rule: Mapping[str, Any]) -> bool:
    """Tell whether a storage rule ends: after a period, or with an event."""
    if "duration" in rule:
        return True
    return rule.get("kind") not in LIMITLESS and ("kind" in rule or "until" in rule)


RULES: tuple[Rule, ...] = (PeriodStated(), StorageLimited())
