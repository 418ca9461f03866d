"""PRC: lists of sub-processors, by somebody who acts for others (pack ``processor``)."""

from __future__ import annotations

from typing_extensions import override

from policy_api.domain.labels import N_
from policy_api.domain.linting.base import Flaw, Found, Rule, Severity, each, flaw
from policy_api.domain.linting.handling import SUB_PROCESSOR, Handling
from policy_api.domain.linting.rules.changes import (
    NO_PROMISE,
    NO_SECTION,
    change_sections,
    words_of,
)
from policy_api.domain.linting.view import PROCESSOR_PACK, View
from policy_api.domain.linting.wording import wording_of

NOT_CALLED_SUB_PROCESSOR = N_(
    "{recipient} is no sub-processor, though the list is that of a processor."
)
NOT_IDENTIFIED = N_(
    "{recipient}: state the legal name, the country and the service, so that it can be identified."
)


class AllAreSubProcessors(Rule):
    """Whoever a processor engages is a sub-processor."""

    id, severity, source = "PRC-001", Severity.WARNING, "GDPR 28(2), (4)"
    title = "Every recipient in the list is a sub-processor"
    pack = PROCESSOR_PACK

    @override
    def check(self, view: View) -> Found:
        return each(view.rows, self._flaw)

    @staticmethod
    def _flaw(row: Handling) -> Flaw | None:
        if row.role == SUB_PROCESSOR:
            return None
        return flaw(f"{row.recipient_path}/role", NOT_CALLED_SUB_PROCESSOR, recipient=row.name)


class SubProcessorIdentified(Rule):
    """EDPB opinion 22/2024: a controller must be able to tell who it is."""

    id, severity, source = "PRC-002", Severity.ERROR, "GDPR 28(2); EDPB 22/2024"
    title = "Every sub-processor has a legal name, a country and a service"
    pack = PROCESSOR_PACK

    @override
    def check(self, view: View) -> Found:
        return each(view.rows, self._flaw)

    @staticmethod
    def _flaw(row: Handling) -> Flaw | None:
        recipient = row.recipient or {}
        if {"legal_name", "country"} <= recipient.keys() and (
            "service" in recipient or row.states("purpose")
        ):
            return None
        return flaw(row.recipient_path, NOT_IDENTIFIED, recipient=row.name)


class ChangesAnnounced(Rule):
    """Art. 28(2): a customer can object only to what it hears of."""

    id, severity, source = "PRC-003", Severity.ERROR, "GDPR 28(2)"
    title = "A section promises customers that new sub-processors are announced"
    pack = PROCESSOR_PACK

    @override
    def check(self, view: View) -> Found:
        wording = wording_of(view.source_locale)
        if wording is None:
            return None
        sections = change_sections(view, wording)
        if not sections:
            return [flaw("sections", NO_SECTION)]
        if any(wording.promise.search(words_of(view, section)) for section in sections):
            return []
        return [flaw(f"sections/{sections[0]['key']}", NO_PROMISE)]


RULES: tuple[Rule, ...] = (AllAreSubProcessors(), SubProcessorIdentified(), ChangesAnnounced())
