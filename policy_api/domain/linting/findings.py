"""Findings: what lint says, where, and whether somebody has set it aside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

from policy_api.domain.labels import phrase
from policy_api.domain.linting.base import Severity, Value, Verdict, told


class Waiver(Protocol):
    """A rule set aside, as publishing records it.

    ``rule`` is a rule's id, alone or followed by ``:`` and the path below which it does not count:
    ``PUR-003:tables/services/rows/payments``.
    """

    @property
    def rule(self) -> str:
        """Rule, and where."""
        ...

    @property
    def reason(self) -> str:
        """Why."""
        ...

    @property
    def name(self) -> str:
        """Who decided it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong with a policy on one or several sites."""

    rule: str
    severity: Severity
    source: str
    """Article or guideline."""

    sites: tuple[str, ...]
    """Sites that show it; an overlay may have mended it on others."""

    policy: str
    path: str
    entry: str
    """Path of the entry to edit."""

    pointer: str
    message: str
    values: Mapping[str, Value] = field(default_factory=dict)
    waiver: Waiver | None = None

    def text(self, locale: str) -> str:
        """Return the message in a reader's language."""
        filled = {name: told(value, locale) for name, value in self.values.items()}
        return phrase(self.message, locale, **filled)

    @property
    def counts(self) -> bool:
        """Tell whether nobody has set it aside."""
        return self.waiver is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What one rule says of one policy on one site."""

    rule: str
    site: str
    policy: str
    verdict: Verdict
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Report:
    """What all rules say of all sites."""

    judgements: tuple[Judgement, ...]
    waivers: tuple[Waiver, ...] = ()

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that was found, rule by rule, each thing once with all sites that show it."""
        known: dict[tuple[str, ...], Finding] = {}
        for judgement in self.judgements:
            for found in judgement.findings:
                identity = (found.rule, found.policy, found.path, found.entry, found.text("en"))
                before = known.get(identity)
                sites = found.sites if before is None else (*before.sites, *found.sites)
                known[identity] = replace(found, sites=sites)
        order = {rule: index for index, rule in enumerate(self.verdicts())}
        by_rule = sorted(known.values(), key=lambda found: order[found.rule])
        return tuple(_waived(by_rule, self.waivers))

    def verdicts(self) -> dict[str, Verdict]:
        """Return what each rule says of the whole: it fails if it fails anywhere."""
        found: dict[str, set[Verdict]] = {}
        for judgement in self.judgements:
            found.setdefault(judgement.rule, set()).add(judgement.verdict)
        return {rule: _worst(verdicts) for rule, verdicts in found.items()}

    def fails(self, at: Severity) -> bool:
        """Tell whether something is wrong that is at least so severe and nobody set aside."""
        return any(found.counts and found.severity.weight >= at.weight for found in self.findings)


def _worst(verdicts: set[Verdict]) -> Verdict:
    order = (Verdict.FAIL, Verdict.PASS)
    return next((verdict for verdict in order if verdict in verdicts), Verdict.NOT_APPLICABLE)


def _waived(findings: Iterable[Finding], waivers: tuple[Waiver, ...]) -> Iterator[Finding]:
    for found in findings:
        waiver = next((each for each in waivers if _sets_aside(each, found)), None)
        yield replace(found, waiver=waiver)


def _sets_aside(waiver: Waiver, found: Finding) -> bool:
    rule, _, path = waiver.rule.partition(":")
    return rule == found.rule and (
        not path or found.path == path or found.path.startswith(f"{path}/")
    )
