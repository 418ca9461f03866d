"""REC: who receives data, as what, and which data."""

from __future__ import annotations

import re

from typing_extensions import override

from policy_api.domain.labels import N_
from policy_api.domain.linting.base import Flaw, Found, Rule, Severity, each, flaw
from policy_api.domain.linting.handling import SUB_PROCESSOR, Handling
from policy_api.domain.linting.view import View

IP_ADDRESS = "pd:IPAddress"
COOKIE = "tech:Cookie"
SERVES_BROWSERS = frozenset(
    {
        "dpv:Advertising",
        "dpv:PersonalisedAdvertising",
        "dpv:RequestedServiceProvision",
        "dpv:ServiceUsageAnalytics",
        "dpv:TargetedAdvertising",
        "dpv:TechnicalServiceProvision",
    }
)
"""Purposes whose services a browser loads something from."""

_SEVERAL = re.compile(r"\s(?:and|or|und|oder|et|ou|y|o|e|&|\+)\s|\s?[/;]\s?", re.IGNORECASE)

VAGUE_GROUP = N_(
    "{recipient} stands for a group of recipients; state what they do, their sector and country."
)
NO_ROLE = N_("{recipient}: the role is not stated.")
NOT_A_SUB_PROCESSOR = N_(
    "{recipient} is called a sub-processor, but the publisher is no processor itself."
)
SEVERAL = N_("{recipient} seems to be more than one recipient; give each a row of its own.")
NO_DATA = N_("{name}: the data is not listed.")
OPEN_DATA = N_("{name}: the list of data is open-ended.")
NO_IP_ADDRESS = N_("{recipient} serves browsers and learns IP addresses, which are not listed.")


class RecipientNamed(Rule):
    """Art. 13(1)(e); a group must at least be told apart from others."""

    id, severity, source = "REC-001", Severity.ERROR, "GDPR 13(1)(e)"
    title = "Every recipient is named, or is a group with a service, a sector and a country"

    @override
    def check(self, view: View) -> Found:
        return each(view.rows, self._flaw)

    @staticmethod
    def _flaw(row: Handling) -> Flaw | None:
        recipient = row.recipient or {}
        told = {"service", "sector", "country"} <= recipient.keys()
        if not recipient.get("group") or told:
            return None
        return flaw(row.recipient_path, VAGUE_GROUP, recipient=row.name)


class RoleStated(Rule):
    """Art. 4(7)–(10): who decides, and who only carries out."""

    id, severity, source = "REC-002", Severity.WARNING, "GDPR 4(7)–(10); 28"
    title = "Every recipient has a role, and sub-processors are only those of a processor"

    @override
    def check(self, view: View) -> Found:
        def fits(row: Handling) -> Flaw | None:
            if row.role != SUB_PROCESSOR or view.publisher_is_processor:
                return None
            return flaw(f"{row.recipient_path}/role", NOT_A_SUB_PROCESSOR, recipient=row.name)

        return each(view.rows, self._is_stated, fits)

    @staticmethod
    def _is_stated(row: Handling) -> Flaw | None:
        if row.role is not None:
            return None
        return flaw(f"{row.recipient_path}/role", NO_ROLE, recipient=row.name)


class OneRecipientPerRow(Rule):
    """Two recipients in one row cannot be compared, replaced or filtered apart."""

    id, severity, source = "REC-003", Severity.INFO, "comparability"
    title = "One row names one recipient"

    @override
    def check(self, view: View) -> Found:
        return each(view.rows, self._flaw)

    @staticmethod
    def _flaw(row: Handling) -> Flaw | None:
        # A company with a registered name is one, whatever the name sounds like.
        recipient = row.recipient or {}
        one = "legal_name" in recipient or recipient.get("group") or not _SEVERAL.search(row.name)
        return None if one else flaw(f"{row.recipient_path}/name", SEVERAL, recipient=row.name)


class DataListed(Rule):
    """“And more” tells nobody what is meant."""

    id, severity, source = "REC-004", Severity.WARNING, "GDPR 12(1); 14(1)(d); 15(1)(b)"
    title = "Every processing and disclosure lists its data, and no list is open-ended"

    @override
    def check(self, view: View) -> Found:
        return each(view.handlings, self._is_stated, self._is_closed)

    @staticmethod
    def _is_stated(one: Handling) -> Flaw | None:
        if one.categories is not None:
            return None
        return flaw(one.at("data_categories"), NO_DATA, name=one.name)

    @staticmethod
    def _is_closed(one: Handling) -> Flaw | None:
        if not one.facts.get("data_categories_open"):
            return None
        return flaw(one.at("data_categories_open"), OPEN_DATA, name=one.name)


class AddressesPlausible(Rule):
    """Whoever answers a browser sees where it calls from."""

    id, severity, source = "REC-005", Severity.INFO, "plausibility"
    title = "Who serves files, videos or scripts to browsers receives IP addresses"

    @override
    def check(self, view: View) -> Found:
        def serves(row: Handling) -> bool:
            by_cookie = row.recipient_key in providers or COOKIE in view.terms_of(row)
            return row.categories is not None and bool(row.purposes & SERVES_BROWSERS or by_cookie)

        def judge(row: Handling) -> Flaw | None:
            if IP_ADDRESS in view.terms_of(row):
                return None
            return flaw(row.at("data_categories"), NO_IP_ADDRESS, recipient=row.name)

        providers = {
            item.get("provider")
            for _, block in view.blocks_of("cookies")
            for item in block["items"]
        }
        return each(filter(serves, view.rows), judge)


RULES: tuple[Rule, ...] = (
    RecipientNamed(),
    RoleStated(),
    OneRecipientPerRow(),
    DataListed(),
    AddressesPlausible(),
)
