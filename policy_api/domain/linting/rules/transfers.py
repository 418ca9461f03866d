"""TRF: where data goes, and what protects it there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from typing_extensions import override

from policy_api.domain.content.vocabulary import (
    ADEQUACY,
    ADEQUACY_AS_OF,
    PARTIAL_ADEQUACY,
    in_eea,
)
from policy_api.domain.labels import N_
from policy_api.domain.linting.base import Country, Flaw, Found, Rule, Severity, each, flaw
from policy_api.domain.linting.handling import Handling
from policy_api.domain.linting.view import View

ADEQUACY_CLAIMS: Final = frozenset({"eu-gdpr:A45-3", "eu-gdpr:AdequacyDecision"})
CONTRACTS: Final = frozenset(
    {
        "eu-gdpr:A49-2",
        "eu-gdpr:AdHocContractualClauses",
        "eu-gdpr:BindingCorporateRules",
        "eu-gdpr:SCCByCommission",
        "eu-gdpr:SCCBySupervisoryAuthority",
        "eu-gdpr:StandardContractualClauses",
    }
)
"""Safeguards on paper besides those of Art. 46, of which people may have a copy."""

NO_COUNTRY = N_("{recipient}: no country is stated in which the data is handled.")
NO_MECHANISM = N_("{recipient}: data leaves the EEA, and nothing is said of what protects it.")
NO_COPY = N_("{recipient}: it is not stated where to get a copy of the safeguards.")
NOT_ADEQUATE = N_("{recipient}: there is no adequacy decision for {country} as of {date}.")
NOT_COVERED = N_(
    "{recipient}: the adequacy decision for {country} covers some recipients only; "
    "say where to see that it covers this one."
)


def leaves_eea(row: Handling) -> bool:
    """Tell whether a disclosure takes data out of the EEA, as stated or by its places."""
    stated = (row.facts.get("transfer") or {}).get("outside_eea")
    return row.leaves(in_eea) if stated is None else bool(stated)


def protected(message: str) -> Callable[[Handling], Flaw | None]:
    """Return a judge that asks for the code of a safeguard."""

    def judge(row: Handling) -> Flaw | None:
        if row.mechanism is not None:
            return None
        return flaw(row.at("transfer/mechanism"), message, recipient=row.name)

    return judge


class CountryStated(Rule):
    """A continent, or the world, is no place where one could look something up."""

    id, severity, source = "TRF-001", Severity.ERROR, "GDPR 13(1)(f)"
    title = "Every disclosure names the countries in which the data is handled"

    @override
    def check(self, view: View) -> Found:
        return each(view.rows, self._flaw)

    @staticmethod
    def _flaw(row: Handling) -> Flaw | None:
        places = row.facts.get("locations") or ()
        if places and all("country" in place for place in places):
            return None
        return flaw(row.at("locations"), NO_COUNTRY, recipient=row.name)


class MechanismStated(Rule):
    """Art. 44: no transfer without one of the mechanisms of Chapter V."""

    id, severity, source = "TRF-002", Severity.ERROR, "GDPR 13(1)(f); 44–49"
    title = "Every transfer out of the EEA names its mechanism (Art. 45, 46, 47 or 49)"

    @override
    def check(self, view: View) -> Found:
        return each(filter(leaves_eea, view.rows), protected(NO_MECHANISM))


class CopyOffered(Rule):
    """Art. 13(1)(f), last words."""

    id, severity, source = "TRF-003", Severity.ERROR, "GDPR 13(1)(f); 15(2)"
    title = "Where safeguards are contracts or rules, the policy says where to get a copy"

    @override
    def check(self, view: View) -> Found:
        return each(filter(self._is_written_down, view.rows), self._flaw)

    @staticmethod
    def _is_written_down(row: Handling) -> bool:
        code = row.mechanism or ""
        return code.startswith("eu-gdpr:A46-") or code in CONTRACTS

    @staticmethod
    def _flaw(row: Handling) -> Flaw | None:
        if row.copy is not None:
            return None
        return flaw(row.at("transfer/copy"), NO_COPY, recipient=row.name)


class AdequacyTrue(Rule):
    """Decisions are dated, and some cover only recipients that joined a scheme."""

    id, severity, source = "TRF-004", Severity.WARNING, "GDPR 45"
    title = "A claim of adequacy names a country on the list, and is true of this recipient"

    @override
    def check(self, view: View) -> Found:
        claims = (row for row in view.rows if row.mechanism in ADEQUACY_CLAIMS)
        return each(claims, self._is_listed, self._is_covered)

    @staticmethod
    def _is_listed(row: Handling) -> Flaw | None:
        others = [code for code in row.countries if not in_eea(code) and code not in ADEQUACY]
        if not others:
            return None
        return flaw(
            row.at("transfer/mechanism"),
            NOT_ADEQUATE,
            recipient=row.name,
            country=Country(others[0]),
            date=ADEQUACY_AS_OF,
        )

    @staticmethod
    def _is_covered(row: Handling) -> Flaw | None:
        partly = [code for code in row.countries if code in PARTIAL_ADEQUACY]
        if not partly or row.copy is not None:
            return None
        return flaw(
            row.at("transfer/copy"), NOT_COVERED, recipient=row.name, country=Country(partly[0])
        )


RULES: tuple[Rule, ...] = (CountryStated(), MechanismStated(), CopyOffered(), AdequacyTrue())
