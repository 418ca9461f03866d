"""CTL: who is responsible, and how to reach those who answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from typing_extensions import override

from policy_api.domain.content.vocabulary import in_eea
from policy_api.domain.labels import N_
from policy_api.domain.linting.base import Flaw, Found, Rule, Severity, each, flaw
from policy_api.domain.linting.handling import JOINT_CONTROLLERS, Handling
from policy_api.domain.linting.view import View

Contact = Mapping[str, Any]

ELECTRONIC = ("email", "url")
CHANNELS = ("email", "url", "phone")
OWN_ROLES = ("controller", "privacy", "general")

NO_LEGAL_NAME = N_("The organization has no legal name.")
NO_CHANNEL = N_("The policy shows no way to reach the controller.")
NO_ADDRESS = N_("The policy shows no postal address of the controller.")
NO_ELECTRONIC = N_("The policy shows no e-mail address or web form of the controller.")
NO_REPRESENTATIVE = N_(
    "The organization is not established in the EEA, and the policy shows no representative there."
)
BAD_REPRESENTATIVE = N_("The representative in the EEA needs a name and an address there.")
NO_OFFICER = N_("The policy shows no way to reach the data protection officer.")
NO_ARRANGEMENT = N_("{recipient} is a joint controller, and the arrangement is not summarized.")


def has_address(contact: Contact) -> bool:
    """Tell whether a letter would arrive: a street or a box, and where it is."""
    address = contact.get("address") or {}
    return bool(address.get("street") or address.get("postal_code")) and "locality" in address


def is_reachable(contact: Contact) -> bool:
    """Tell whether a contact can be reached in any way."""
    return has_address(contact) or any(name in contact for name in CHANNELS)


class ControllerNamed(Rule):
    """Art. 13(1)(a): identity and contact details."""

    id, severity, source = "CTL-001", Severity.ERROR, "GDPR 13(1)(a)"
    title = "The controller has a legal name and at least one way to reach it"

    @override
    def check(self, view: View) -> Found:
        if not view.is_privacy_notice:
            return None
        return [*self._flaws(view)]

    def _flaws(self, view: View) -> Iterator[Flaw]:
        if "legal_name" not in view.organization:
            yield flaw("organization/legal_name", NO_LEGAL_NAME)
        if not any(map(is_reachable, view.contacts_as(*OWN_ROLES).values())):
            yield flaw("organization", NO_CHANNEL)


class ControllerReachable(Rule):
    """More than one channel: people without a computer write letters."""

    id, severity = "CTL-002", Severity.WARNING
    source = "GDPR 13(1)(a); WP260 annex"
    title = "The controller has a postal address and an electronic channel"

    @override
    def check(self, view: View) -> Found:
        if not view.is_privacy_notice:
            return None
        return [*self._flaws(view)]

    def _flaws(self, view: View) -> Iterator[Flaw]:
        own = view.contacts_as(*OWN_ROLES)
        controllers = view.contacts_as("controller")
        at = next(iter(controllers), "organization")
        if not any(map(has_address, controllers.values())):
            yield flaw(at, NO_ADDRESS)
        if not any(name in contact for contact in own.values() for name in ELECTRONIC):
            yield flaw(at, NO_ELECTRONIC)


class RepresentativeNamed(Rule):
    """Art. 27: who is not established in the Union names somebody who is."""

    id, severity, source = "CTL-003", Severity.ERROR, "GDPR 27(1), (3); 13(1)(a)"
    title = "A controller outside the EEA names its representative there, or why it needs none"

    @override
    def check(self, view: View) -> Found:
        if not view.is_privacy_notice or not self._is_outside(view):
            return None
        if "representative_exemption" in view.organization:
            return []
        named = view.contacts_as("eu_representative")
        if not named:
            return [flaw("organization", NO_REPRESENTATIVE)]
        if any(map(self._is_complete, named.values())):
            return []
        return [flaw(next(iter(named)), BAD_REPRESENTATIVE)]

    @staticmethod
    def _is_outside(view: View) -> bool:
        stated = view.organization.get("established_in_eea")
        country = view.organization.get("country")
        if stated is None and country is not None:
            return not in_eea(country)
        return stated is False

    @staticmethod
    def _is_complete(contact: Contact) -> bool:
        country = (contact.get("address") or {}).get("country", "")
        return "name" in contact and has_address(contact) and in_eea(country)


class OfficerReachable(Rule):
    """Art. 37(7): the officer's contact details are published."""

    id, severity, source = "CTL-004", Severity.ERROR, "GDPR 37(7); 13(1)(b)"
    title = "A designated data protection officer can be reached by post, e-mail or telephone"

    @override
    def check(self, view: View) -> Found:
        shown = view.contacts_as("dpo")
        if not view.organization.get("dpo_designated") and not shown:
            return None
        if any(map(is_reachable, shown.values())):
            return []
        return [flaw(next(iter(shown), "organization"), NO_OFFICER)]


class ArrangementSummarized(Rule):
    """Art. 26(2): the essence of the arrangement is made available."""

    id, severity, source = "CTL-005", Severity.ERROR, "GDPR 26(2)"
    title = "An arrangement with a joint controller is summarized"

    @override
    def check(self, view: View) -> Found:
        joint = (row for row in view.rows if row.role == JOINT_CONTROLLERS)
        return each(joint, self._flaw)

    @staticmethod
    def _flaw(row: Handling) -> Flaw | None:
        if "arrangement_summary" in (row.recipient or {}):
            return None
        return flaw(f"{row.recipient_path}/arrangement_summary", NO_ARRANGEMENT, recipient=row.name)


RULES: tuple[Rule, ...] = (
    ControllerNamed(),
    ControllerReachable(),
    RepresentativeNamed(),
    OfficerReachable(),
    ArrangementSummarized(),
)
