"""Terms of the GDPR extension: legal bases, rights, transfers and parties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from policy_api.domain.content.vocabulary.term import N_

LEGAL_BASES: Final[Mapping[str, str]] = {
    "eu-gdpr:A6-1-a": N_("Consent"),
    "eu-gdpr:A6-1-a-explicit-consent": N_("Explicit consent"),
    "eu-gdpr:A6-1-a-non-explicit-consent": N_("Consent that need not be explicit"),
    "eu-gdpr:A6-1-b": N_("Contract"),
    "eu-gdpr:A6-1-b-contract-performance": N_("Performance of a contract"),
    "eu-gdpr:A6-1-b-enter-into-contract": N_("Steps before a contract"),
    "eu-gdpr:A6-1-c": N_("Legal obligation"),
    "eu-gdpr:A6-1-d": N_("Vital interests"),
    "eu-gdpr:A6-1-d-data-subject": N_("Vital interests of the person concerned"),
    "eu-gdpr:A6-1-d-natural-person": N_("Vital interests of another person"),
    "eu-gdpr:A6-1-e": N_("Public interest or official authority"),
    "eu-gdpr:A6-1-e-public-interest": N_("Public interest"),
    "eu-gdpr:A6-1-e-official-authority": N_("Official authority"),
    "eu-gdpr:A6-1-f": N_("Legitimate interest"),
    "eu-gdpr:A6-1-f-controller": N_("Legitimate interest of the controller"),
    "eu-gdpr:A6-1-f-third-party": N_("Legitimate interest of a third party"),
}
"""Art. 6(1)."""

SPECIAL_BASES: Final[Mapping[str, str]] = {
    "eu-gdpr:A9-2-a": N_("Explicit consent"),
    "eu-gdpr:A9-2-b": N_("Employment and social security law"),
    "eu-gdpr:A9-2-c": N_("Vital interests"),
    "eu-gdpr:A9-2-d": N_("Activities of a non-profit body"),
    "eu-gdpr:A9-2-e": N_("Data the person has made public"),
    "eu-gdpr:A9-2-f": N_("Legal claims"),
    "eu-gdpr:A9-2-g": N_("Substantial public interest"),
    "eu-gdpr:A9-2-h": N_("Health or social care"),
    "eu-gdpr:A9-2-i": N_("Public health"),
    "eu-gdpr:A9-2-j": N_("Archiving, research or statistics"),
}
"""Art. 9(2)."""

RIGHTS: Final[Mapping[str, str]] = {
    "eu-gdpr:A13": N_("Information when data comes from the person"),
    "eu-gdpr:A14": N_("Information when data comes from others"),
    "eu-gdpr:A15": N_("Access"),
    "eu-gdpr:A16": N_("Rectification"),
    "eu-gdpr:A17": N_("Erasure"),
    "eu-gdpr:A18": N_("Restriction of processing"),
    "eu-gdpr:A19": N_("Passing corrections and erasures on to recipients"),
    "eu-gdpr:A20": N_("Data portability"),
    "eu-gdpr:A21": N_("Objection"),
    "eu-gdpr:A22": N_("No solely automated decisions"),
    "eu-gdpr:A22-3-a": N_("Human intervention"),
    "eu-gdpr:A22-3-b": N_("Giving a point of view"),
    "eu-gdpr:A22-3-c": N_("Contesting the decision"),
    "eu-gdpr:A7-3": N_("Withdrawal of consent"),
    "eu-gdpr:A77": N_("Complaint to an authority"),
    "eu-gdpr:A78": N_("Court remedy against an authority"),
    "eu-gdpr:A79": N_("Court remedy against a controller or processor"),
}
"""Chapter III and what else a reader is told about."""

TRANSFERS: Final[Mapping[str, str]] = {
    "eu-gdpr:A45-3": N_("Adequacy decision"),
    "eu-gdpr:A46-2-a": N_("Instrument between public bodies"),
    "eu-gdpr:A46-2-b": N_("Binding corporate rules"),
    "eu-gdpr:A46-2-c": N_("Standard contractual clauses of the EU Commission"),
    "eu-gdpr:A46-2-d": N_("Standard contractual clauses of an authority"),
    "eu-gdpr:A46-2-e": N_("Code of conduct"),
    "eu-gdpr:A46-2-f": N_("Certification"),
    "eu-gdpr:A46-3-a": N_("Individually approved contract clauses"),
    "eu-gdpr:A46-3-b": N_("Administrative arrangement"),
    "eu-gdpr:A49-1-a": N_("Explicit consent to the transfer"),
    "eu-gdpr:A49-1-b": N_("Transfer needed for a contract with the person"),
    "eu-gdpr:A49-1-c": N_("Transfer needed for a contract in the interest of the person"),
    "eu-gdpr:A49-1-d": N_("Important reasons of public interest"),
    "eu-gdpr:A49-1-e": N_("Legal claims"),
    "eu-gdpr:A49-1-f": N_("Vital interests"),
    "eu-gdpr:A49-1-g": N_("Public register"),
    "eu-gdpr:A49-2": N_("Compelling legitimate interest"),
    "eu-gdpr:AdequacyDecision": N_("Adequacy decision"),
    "eu-gdpr:AdHocContractualClauses": N_("Individual contract clauses"),
    "eu-gdpr:BindingCorporateRules": N_("Binding corporate rules"),
    "eu-gdpr:SCCByCommission": N_("Standard contractual clauses of the EU Commission"),
    "eu-gdpr:SCCBySupervisoryAuthority": N_("Standard contractual clauses of an authority"),
    "eu-gdpr:StandardContractualClauses": N_("Standard contractual clauses"),
}
"""Chapter V. Binding corporate rules (Art. 47) are Art. 46(2)(b) in DPV."""

ROLES: Final[Mapping[str, str]] = {
    "eu-gdpr:Controller": N_("Controller"),
    "eu-gdpr:Processor": N_("Processor"),
    "eu-gdpr:Recipient": N_("Recipient"),
    "eu-gdpr:ThirdParty": N_("Third party"),
    "eu-gdpr:Representative": N_("EU representative (Art. 27)"),
    "eu-gdpr:DataProtectionAuthority": N_("Supervisory authority"),
}
"""Art. 4, 27 and 51."""
