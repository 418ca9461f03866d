"""CCPA: what California asks for (pack ``us-ca``)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from typing_extensions import override

from policy_api.domain.labels import N_
from policy_api.domain.linting.base import Flaw, Found, Rule, Severity, each, flaw
from policy_api.domain.linting.handling import Handling
from policy_api.domain.linting.rules.controller import OWN_ROLES
from policy_api.domain.linting.rules.retention import NO_PERIOD
from policy_api.domain.linting.rules.rights import missing_rights
from policy_api.domain.linting.view import View

PACK: Final = "us-ca"
ALWAYS: Final = ("eu-gdpr:A15", "eu-gdpr:A16", "eu-gdpr:A17", "x:EqualTreatment")
OPT_OUT: Final = "x:OptOutOfSale"
LIMITED_USE: Final = "x:LimitedUseOfSensitiveData"
SALES: Final = frozenset(
    {
        "dpv:PersonalisedAdvertising",
        "dpv:SellDataToThirdParties",
        "dpv:TargetedAdvertising",
    }
)
"""Purposes that count as selling or sharing."""

YEAR: Final = timedelta(days=366)

ONE_CHANNEL = N_("People need two ways to make a request, or an e-mail address.")
TOO_OLD = N_("The policy was last updated on {date}, more than twelve months ago.")


class RightsNamed(Rule):
    """To know, to correct, to delete, and not to be treated worse for it."""

    id, severity, source = "CCPA-001", Severity.ERROR, "Cal. Civ. Code 1798.130(a)(5)(A)"
    title = "Access, correction, deletion and equal treatment are named"
    pack = PACK

    @override
    def check(self, view: View) -> Found:
        return missing_rights(view, ALWAYS) if view.is_privacy_notice else None


class OptOutNamed(Rule):
    """Cross-context advertising counts as sharing."""

    id, severity, source = "CCPA-002", Severity.ERROR, "Cal. Civ. Code 1798.120, 1798.135"
    title = "Where data is sold or shared for advertising, the opt-out is named"
    pack = PACK

    @override
    def check(self, view: View) -> Found:
        if not any(row.purposes & SALES for row in view.rows):
            return None
        return missing_rights(view, (OPT_OUT,))


class LimitedUseNamed(Rule):
    """Sensitive data may be used for more than the service only until somebody says no."""

    id, severity, source = "CCPA-003", Severity.ERROR, "Cal. Civ. Code 1798.121"
    title = "Where sensitive data is handled, the right to limit its use is named"
    pack = PACK

    @override
    def check(self, view: View) -> Found:
        handled = (key for one in view.handlings for key in one.categories or ())
        if not any(map(view.is_sensitive, handled)):
            return None
        return missing_rights(view, (LIMITED_USE,))


class RequestsPossible(Rule):
    """A business that is only online may offer an e-mail address alone."""

    id, severity, source = "CCPA-004", Severity.ERROR, "Cal. Civ. Code 1798.130(a)(1)"
    title = "There are two ways to make a request, or an e-mail address"
    pack = PACK

    @override
    def check(self, view: View) -> Found:
        if not view.is_privacy_notice:
            return None
        shown = view.contacts_as(*OWN_ROLES).values()
        ways = {name for contact in shown for name in ("email", "url", "phone") if name in contact}
        return [] if "email" in ways or len(ways) > 1 else [flaw("sections", ONE_CHANNEL)]


class UpdatedWithinAYear(Rule):
    """The policy is reviewed at least once in twelve months."""

    id, severity, source = "CCPA-005", Severity.ERROR, "Cal. Civ. Code 1798.130(a)(5)"
    title = "The policy was updated within the last twelve months"
    pack = PACK

    @override
    def check(self, view: View) -> Found:
        updated = None if view.release is None else view.release.published_at
        if updated is None:
            return None
        fresh = view.now - updated <= YEAR
        return [] if fresh else [flaw("title", TOO_OLD, date=updated.date())]


class PeriodsStated(Rule):
    """Per category, or the criteria by which the period is set."""

    id, severity, source = "CCPA-006", Severity.ERROR, "Cal. Civ. Code 1798.100(a)(3)"
    title = "Every processing and disclosure states how long data is kept"
    pack = PACK

    @override
    def check(self, view: View) -> Found:
        return each(view.handlings, self._flaw)

    @staticmethod
    def _flaw(one: Handling) -> Flaw | None:
        if one.states("retention"):
            return None
        return flaw(one.at("retention"), NO_PERIOD, name=one.name)


RULES: tuple[Rule, ...] = (
    RightsNamed(),
    OptOutNamed(),
    LimitedUseNamed(),
    RequestsPossible(),
    UpdatedWithinAYear(),
    PeriodsStated(),
)
