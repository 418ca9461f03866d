"""UK: what the United Kingdom asks for (pack ``gb``)."""

from __future__ import annotations

from typing import Final

from typing_extensions import override

from policy_api.domain.content.vocabulary import in_eea
from policy_api.domain.labels import N_
from policy_api.domain.linting.base import Found, Rule, Severity, each, flaw
from policy_api.domain.linting.rules.controller import has_address
from policy_api.domain.linting.rules.transfers import protected
from policy_api.domain.linting.view import View

PACK: Final = "gb"
HOME: Final = "GB"
REGULATOR: Final = "ico.org.uk"

NO_REPRESENTATIVE = N_(
    "The organization is not established in the United Kingdom; "
    "a representative there needs a name and an address."
)
NO_SAFEGUARD = N_(
    "{recipient}: data leaves the United Kingdom, and nothing is said of what protects it."
)
NO_REGULATOR = N_("The policy does not show how to reach the regulator of the United Kingdom.")
NO_COMPLAINTS = N_("The policy does not say to whom complaints about data can be sent.")


def is_home(country: str) -> bool:
    """Tell whether data needs no mechanism there: British regulations cover the EEA."""
    return country == HOME or in_eea(country)


class RepresentativeNamed(Rule):
    """UK GDPR Art. 27 is separate from the representative in the Union."""

    id, severity, source = "UK-001", Severity.ERROR, "UK GDPR 27"
    title = "A controller outside the United Kingdom names its representative there"
    pack = PACK

    @override
    def check(self, view: View) -> Found:
        country = view.organization.get("country")
        if not view.is_privacy_notice or country == HOME:
            return None
        if "representative_exemption" in view.organization:
            return []
        named = view.contacts_as("uk_representative")
        for contact in named.values():
            there = (contact.get("address") or {}).get("country") == HOME
            if "name" in contact and has_address(contact) and there:
                return []
        return [flaw(next(iter(named), "organization"), NO_REPRESENTATIVE)]


class TransferProtected(Rule):
    """UK GDPR Chapter V."""

    id, severity, source = "UK-002", Severity.ERROR, "UK GDPR 13(1)(f); 44–49"
    title = "Every transfer out of the United Kingdom and the EEA names its mechanism"
    pack = PACK

    @override
    def check(self, view: View) -> Found:
        return each((row for row in view.rows if row.leaves(is_home)), protected(NO_SAFEGUARD))


class RegulatorNamed(Rule):
    """Readers look for one regulator, whose address is known."""

    id, severity, source = "UK-003", Severity.WARNING, "UK GDPR 13(2)(d); 77"
    title = "The contact details of the Information Commissioner are shown"
    pack = PACK

    @override
    def check(self, view: View) -> Found:
        if not view.is_privacy_notice:
            return None
        for contact in view.contacts_as("authority").values():
            country = (contact.get("address") or {}).get("country")
            if country == HOME or REGULATOR in contact.get("url", ""):
                return []
        return [flaw("sections", NO_REGULATOR)]


class ComplaintsReceived(Rule):
    """The Act of 2025 gives a right to complain to the controller itself."""

    id, severity, source = "UK-004", Severity.INFO, "DPA 2018 164A"
    title = "The policy says to whom at the controller complaints can be sent"
    pack = PACK

    @override
    def check(self, view: View) -> Found:
        if not view.is_privacy_notice:
            return None
        if any("exercise_contact" in block for _, block in view.blocks_of("rights")):
            return []
        return [flaw(view.rights_path, NO_COMPLAINTS)]


RULES: tuple[Rule, ...] = (
    RepresentativeNamed(),
    TransferProtected(),
    RegulatorNamed(),
    ComplaintsReceived(),
)
