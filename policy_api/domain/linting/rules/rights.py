"""RTS: which rights readers are told of."""

from __future__ import annotations

from typing import Final

from typing_extensions import override

from policy_api.domain.labels import N_
from policy_api.domain.linting.base import Code, Flaw, Found, Rule, Severity, each, flaw
from policy_api.domain.linting.handling import MARKETING, Basis, Handling
from policy_api.domain.linting.view import View

ALWAYS: Final = ("eu-gdpr:A15", "eu-gdpr:A16", "eu-gdpr:A17", "eu-gdpr:A18", "eu-gdpr:A20")
OBJECTION: Final = "eu-gdpr:A21"
WITHDRAWAL: Final = "eu-gdpr:A7-3"
AUTOMATED: Final = "eu-gdpr:A22"
COMPLAINT: Final = "eu-gdpr:A77"

RIGHTS_MISSING = N_("Rights are missing: {rights}.")
NO_OBJECTION = N_(
    "The right to object is missing, though data is used for somebody's interests or for marketing."
)
OBJECTION_NOT_APART = N_("The right to object does not stand in a block of its own.")
NO_WITHDRAWAL = N_("The right to withdraw consent is missing, though something rests on consent.")
NO_WAY_TO_WITHDRAW = N_("The right to withdraw consent is named, but not how to do so.")
NO_COMPLAINT = N_("The right to complain to a supervisory authority is missing.")
AUTOMATION_OPEN = N_("It is not stated whether decisions are made by automated means alone.")
AUTOMATION_UNEXPLAINED = N_(
    "Decisions are made by automated means alone; explain their logic and consequences."
)
NOT_SAID_WHETHER_REQUIRED = N_(
    "{name}: it is not stated whether the data must be given, and what happens if not."
)


def missing_rights(view: View, wanted: tuple[str, ...]) -> list[Flaw]:
    """Return one flaw that names all rights that are missing, or none."""
    absent = tuple(Code(code) for code in wanted if not view.rights_of(code))
    return [flaw(view.rights_path, RIGHTS_MISSING, rights=absent)] if absent else []


def may_be_objected_to(view: View) -> bool:
    """Tell whether anything gives readers a right to object."""
    return any(
        one.rests_on(Basis.INTEREST, Basis.PUBLIC_TASK) or one.purposes & MARKETING
        for one in view.handlings
    )


class RightsNamed(Rule):
    """Art. 13(2)(b): the rights that nothing has to give rise to."""

    id, severity, source = "RTS-001", Severity.ERROR, "GDPR 13(2)(b)"
    title = "Access, rectification, erasure, restriction and portability are named"

    @override
    def check(self, view: View) -> Found:
        return missing_rights(view, ALWAYS) if view.is_privacy_notice else None


class ObjectionNamed(Rule):
    """Art. 21(1) and (2)."""

    id, severity, source = "RTS-002", Severity.ERROR, "GDPR 13(2)(b); 21"
    title = "Where data is used for interests, public tasks or marketing, objection is named"

    @override
    def check(self, view: View) -> Found:
        if not may_be_objected_to(view):
            return None
        return [] if view.rights_of(OBJECTION) else [flaw(view.rights_path, NO_OBJECTION)]


class ObjectionApart(Rule):
    """Art. 21(4): clearly, and apart from any other information."""

    id, severity, source = "RTS-003", Severity.WARNING, "GDPR 21(4)"
    title = "The right to object stands in a block of its own"

    @override
    def check(self, view: View) -> Found:
        named = view.rights_of(OBJECTION)
        if not named and not may_be_objected_to(view):
            return None
        if any(right.alone for right in named):
            return []
        at = named[0].path if named else view.rights_path
        return [flaw(at, OBJECTION_NOT_APART)]


class WithdrawalNamed(Rule):
    """Art. 7(3): as easy as giving it, so the way must be told."""

    id, severity, source = "RTS-004", Severity.ERROR, "GDPR 13(2)(c); 7(3)"
    title = "Where something rests on consent, the policy says how to withdraw it"

    @override
    def check(self, view: View) -> Found:
        if not any(one.rests_on(Basis.CONSENT) for one in view.handlings):
            return None
        named = view.rights_of(WITHDRAWAL)
        if not named:
            return [flaw(view.rights_path, NO_WITHDRAWAL)]
        if any(right.text or right.contact for right in named):
            return []
        return [flaw(named[0].path, NO_WAY_TO_WITHDRAW)]


class ComplaintNamed(Rule):
    """Art. 77; which authority need not be said."""

    id, severity, source = "RTS-005", Severity.ERROR, "GDPR 13(2)(d); 77"
    title = "The right to complain to a supervisory authority is named"

    @override
    def check(self, view: View) -> Found:
        if not view.is_privacy_notice:
            return None
        return [] if view.rights_of(COMPLAINT) else [flaw(view.rights_path, NO_COMPLAINT)]


class AutomationStated(Rule):
    """Art. 22: silence could mean either; what is said about the right explains a yes."""

    id, severity, source = "RTS-006", Severity.ERROR, "GDPR 13(2)(f); 22"
    title = "The policy says whether decisions are made by automated means alone, and how"

    @override
    def check(self, view: View) -> Found:
        if not view.is_privacy_notice:
            return None
        stated = [block.get("automated_decisions") for _, block in view.blocks_of("rights")]
        if True in stated:
            explained = any(right.text for right in view.rights_of(AUTOMATED))
            return [] if explained else [flaw(view.rights_path, AUTOMATION_UNEXPLAINED)]
        return [] if False in stated else [flaw(view.rights_path, AUTOMATION_OPEN)]


class RequirementStated(Rule):
    """Art. 13(2)(e)."""

    id, severity, source = "RTS-007", Severity.WARNING, "GDPR 13(2)(e)"
    title = "Where a contract or a law asks for data, the policy says so, and what if not"

    @override
    def check(self, view: View) -> Found:
        bound = (one for one in view.handlings if one.rests_on(Basis.CONTRACT, Basis.LAW))
        return each(bound, self._flaw)

    @staticmethod
    def _flaw(one: Handling) -> Flaw | None:
        if one.states("required"):
            return None
        return flaw(one.at("required"), NOT_SAID_WHETHER_REQUIRED, name=one.name)


RULES: tuple[Rule, ...] = (
    RightsNamed(),
    ObjectionNamed(),
    ObjectionApart(),
    WithdrawalNamed(),
    ComplaintNamed(),
    AutomationStated(),
    RequirementStated(),
)
