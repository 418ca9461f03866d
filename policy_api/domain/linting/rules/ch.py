"""FADP: what Switzerland asks for (pack ``ch``)."""

from __future__ import annotations

from typing import Final

from typing_extensions import override

from policy_api.domain.content.vocabulary import in_eea
from policy_api.domain.labels import N_
from policy_api.domain.linting.base import Flaw, Found, Rule, Severity, each, flaw
from policy_api.domain.linting.handling import Handling
from policy_api.domain.linting.rules.controller import NO_CHANNEL, OWN_ROLES, is_reachable
from policy_api.domain.linting.rules.rights import AUTOMATION_OPEN
from policy_api.domain.linting.rules.transfers import NO_COUNTRY, protected
from policy_api.domain.linting.view import View

PACK: Final = "ch"
ADEQUATE: Final = frozenset(
    {"AD", "AR", "CA", "CH", "FO", "GB", "GG", "GI", "IL", "IM", "JE", "MC", "NZ", "UY"}
)
"""Annex 1 of the Data Protection Ordinance besides the EEA, without partial decisions."""

NO_SAFEGUARD = N_("{recipient}: data leaves Switzerland, and nothing is said of what protects it.")


def is_home(country: str) -> bool:
    """Tell whether data needs no guarantee there."""
    return country in ADEQUATE or in_eea(country)


class ControllerReachable(Rule):
    """Art. 19(2)(a); a project or a person may be a controller without a legal name."""

    id, severity, source = "FADP-001", Severity.ERROR, "FADP 19(2)(a)"
    title = "The controller can be reached"
    pack = PACK

    @override
    def check(self, view: View) -> Found:
        if not view.is_privacy_notice:
            return None
        if any(map(is_reachable, view.contacts_as(*OWN_ROLES).values())):
            return []
        return [flaw("organization", NO_CHANNEL)]


class StateNamed(Rule):
    """Art. 19(4): unlike elsewhere, the state is always named."""

    id, severity, source = "FADP-002", Severity.ERROR, "FADP 19(4)"
    title = "Every disclosure names the states in which the data is handled"
    pack = PACK

    @override
    def check(self, view: View) -> Found:
        return each(view.rows, self._flaw)

    @staticmethod
    def _flaw(row: Handling) -> Flaw | None:
        if row.countries:
            return None
        return flaw(row.at("locations"), NO_COUNTRY, recipient=row.name)


class TransferProtected(Rule):
    """Art. 16(2) and 17."""

    id, severity, source = "FADP-003", Severity.ERROR, "FADP 16; 19(4)"
    title = "Every transfer to a state without adequate protection names its guarantee"
    pack = PACK

    @override
    def check(self, view: View) -> Found:
        return each((row for row in view.rows if row.leaves(is_home)), protected(NO_SAFEGUARD))


class AutomationStated(Rule):
    """Art. 21."""

    id, severity, source = "FADP-004", Severity.WARNING, "FADP 21"
    title = "The policy says whether decisions are made by automated means alone"
    pack = PACK

    @override
    def check(self, view: View) -> Found:
        if not view.is_privacy_notice:
            return None
        if any("automated_decisions" in block for _, block in view.blocks_of("rights")):
            return []
        return [flaw(view.rights_path, AUTOMATION_OPEN)]


RULES: tuple[Rule, ...] = (
    ControllerReachable(),
    StateNamed(),
    TransferProtected(),
    AutomationStated(),
)
