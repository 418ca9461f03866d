"""LGPD: what Brazil asks for (pack ``br``)."""

from __future__ import annotations

from typing import Final

from typing_extensions import override

from policy_api.domain.labels import N_
from policy_api.domain.linting.base import Found, Rule, Severity, each, flaw
from policy_api.domain.linting.rules.controller import NO_OFFICER, is_reachable
from policy_api.domain.linting.rules.rights import missing_rights
from policy_api.domain.linting.rules.transfers import protected
from policy_api.domain.linting.view import View

PACK: Final = "br"
HOME: Final = frozenset({"BR"})
ALWAYS: Final = (
    "eu-gdpr:A15",
    "eu-gdpr:A16",
    "eu-gdpr:A17",
    "eu-gdpr:A20",
    "eu-gdpr:A7-3",
    "eu-gdpr:A77",
)
PORTUGUESE: Final = "pt"

NO_SAFEGUARD = N_("{recipient}: data leaves Brazil, and nothing is said of what protects it.")
NO_PORTUGUESE = N_("The policy is not offered in Portuguese.")


class OfficerShown(Rule):
    """The officer (*encarregado*) is public, whoever is obliged to have one elsewhere."""

    id, severity, source = "LGPD-001", Severity.ERROR, "LGPD 41 §1"
    title = "The data protection officer is named with a way to reach them"
    pack = PACK

    @override
    def check(self, view: View) -> Found:
        if not view.is_privacy_notice:
            return None
        officers = view.contacts_as("dpo")
        if any("name" in each and is_reachable(each) for each in officers.values()):
            return []
        return [flaw(next(iter(officers), "organization"), NO_OFFICER)]


class RightsNamed(Rule):
    """Art. 18 with the petition to the national authority."""

    id, severity, source = "LGPD-002", Severity.ERROR, "LGPD 9 VII; 18"
    title = "Access, correction, deletion, portability, withdrawal and complaint are named"
    pack = PACK

    @override
    def check(self, view: View) -> Found:
        return missing_rights(view, ALWAYS) if view.is_privacy_notice else None


class TransferProtected(Rule):
    """Art. 33: only under one of the listed conditions."""

    id, severity, source = "LGPD-003", Severity.ERROR, "LGPD 33"
    title = "Every transfer out of Brazil names what protects it"
    pack = PACK

    @override
    def check(self, view: View) -> Found:
        abroad = (row for row in view.rows if row.leaves(HOME.__contains__))
        return each(abroad, protected(NO_SAFEGUARD))


class InPortuguese(Rule):
    """Information is clear only in the language of those it is for."""

    id, severity, source = "LGPD-004", Severity.WARNING, "LGPD 9; CDC 31"
    title = "The policy is offered in Portuguese"
    pack = PACK

    @override
    def check(self, view: View) -> Found:
        if not view.is_privacy_notice:
            return None
        offered = (view.source_locale, *view.translated_locales)
        if any(locale.partition("-")[0] == PORTUGUESE for locale in offered):
            return []
        return [flaw(f"sites/{view.site}/locales", NO_PORTUGUESE)]


RULES: tuple[Rule, ...] = (OfficerShown(), RightsNamed(), TransferProtected(), InPortuguese())
