"""PUR: what data is used for, and what allows it."""

from __future__ import annotations

from typing_extensions import override

from policy_api.domain.labels import N_
from policy_api.domain.linting.base import Flaw, Found, Rule, Severity, data_names, each, flaw
from policy_api.domain.linting.handling import Basis, Handling
from policy_api.domain.linting.view import View

EXPLICIT = "explicit-consent"
EXPLICIT_GROUNDS = frozenset({"eu-gdpr:A9-2-a", "eu-gdpr:A49-1-a"})

NO_WORDS = N_("{name}: the purpose is not stated in words.")
NO_CODE = N_("{name}: the purpose is not stated as a code.")
NO_BASIS = N_("{name}: no legal basis is stated.")
NO_INTEREST = N_("{name}: the legitimate interest is not named.")
NO_SPECIAL_BASIS = N_("{name}: {data} is sensitive and needs a legal basis of Art. 9(2) as well.")
NEEDLESSLY_EXPLICIT = N_(
    "{name}: consent is called explicit, which only Art. 9, 22 and 49 ask for."
)


class PurposeStated(Rule):
    """Art. 13(1)(c), first half.

    A service says what a processor does, as a purpose would.
    """

    id, severity, source = "PUR-001", Severity.ERROR, "GDPR 13(1)(c)"
    title = "Every processing and disclosure has a purpose in words and as a code"

    @override
    def check(self, view: View) -> Found:
        return each(view.handlings, self._in_words, self._as_code)

    @staticmethod
    def _in_words(one: Handling) -> Flaw | None:
        has_service = one.is_by_processor and "service" in (one.recipient or {})
        if one.states("purpose") or has_service:
            return None
        return flaw(one.at("purpose"), NO_WORDS, name=one.name)

    @staticmethod
    def _as_code(one: Handling) -> Flaw | None:
        if one.states("purposes"):
            return None
        return flaw(one.at("purposes"), NO_CODE, name=one.name)


class BasisStated(Rule):
    """Art. 13(1)(c), second half; a processor works on its principal's basis."""

    id, severity, source = "PUR-002", Severity.ERROR, "GDPR 13(1)(c); 6(1)"
    title = "Every processing, and every disclosure to a non-processor, has a legal basis"

    @override
    def check(self, view: View) -> Found:
        return each((one for one in view.handlings if not one.is_by_processor), self._flaw)

    @staticmethod
    def _flaw(one: Handling) -> Flaw | None:
        if one.states("legal_basis"):
            return None
        return flaw(one.at("legal_basis"), NO_BASIS, name=one.name)


class InterestNamed(Rule):
    """Art. 13(1)(d)."""

    id, severity, source = "PUR-003", Severity.ERROR, "GDPR 13(1)(d)"
    title = "Whatever rests on a legitimate interest names the interest"

    @override
    def check(self, view: View) -> Found:
        return each((one for one in view.handlings if one.rests_on(Basis.INTEREST)), self._flaw)

    @staticmethod
    def _flaw(one: Handling) -> Flaw | None:
        if one.states("legitimate_interest"):
            return None
        return flaw(one.at("legitimate_interest"), NO_INTEREST, name=one.name)


class SpecialBasisStated(Rule):
    """Art. 9: health, beliefs and the like need a ground of their own."""

    id, severity, source = "PUR-004", Severity.ERROR, "GDPR 9(2)"
    title = "Sensitive data has a legal basis of Art. 9(2) too"

    @override
    def check(self, view: View) -> Found:
        def judge(one: Handling) -> Flaw | None:
            if one.states("special_basis"):
                return None
            named = data_names(view, filter(view.is_sensitive, one.categories or ()))
            return flaw(one.at("special_basis"), NO_SPECIAL_BASIS, name=one.name, data=named)

        sensitive = (
            one for one in view.handlings if any(map(view.is_sensitive, one.categories or ()))
        )
        return each(sensitive, judge)


class ConsentNotOverstated(Rule):
    """Whoever calls every consent explicit says nothing when it matters."""

    id, severity, source = "PUR-005", Severity.INFO, "GDPR 6(1)(a) against 9, 22, 49"
    title = "Consent is called explicit only where Art. 9, 22 or 49 ask for it"

    @override
    def check(self, view: View) -> Found:
        def judge(one: Handling) -> Flaw | None:
            basis = str(one.facts.get("legal_basis"))
            explicit = basis.endswith(EXPLICIT) and not basis.endswith(f"non-{EXPLICIT}")
            grounds = {one.facts.get("special_basis"), one.mechanism} & EXPLICIT_GROUNDS
            if not explicit or grounds or decides:
                return None
            return flaw(one.at("legal_basis"), NEEDLESSLY_EXPLICIT, name=one.name)

        decides = any(block.get("automated_decisions") for _, block in view.blocks_of("rights"))
        return each((one for one in view.handlings if one.rests_on(Basis.CONSENT)), judge)


RULES: tuple[Rule, ...] = (
    PurposeStated(),
    BasisStated(),
    InterestNamed(),
    SpecialBasisStated(),
    ConsentNotOverstated(),
)
