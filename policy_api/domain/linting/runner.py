"""Lint: every rule on every policy of every site."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from policy_api.domain.content.source import Source
from policy_api.domain.linting.base import LINT_RULES, Flaw, Rule, Verdict
from policy_api.domain.linting.findings import Finding, Judgement, Report, Waiver
from policy_api.domain.linting.places import place_of
from policy_api.domain.linting.rules import register_builtin_rules
from policy_api.domain.linting.view import Release, View
from policy_api.domain.variants.effective import effective_policy, policies_of

# Whoever can lint has the rules that come with the program.
register_builtin_rules()

Releases = Mapping[tuple[str, str], Release]
"""Site and policy → what is known of the release that carries it."""


def lint(
    source: Source,
    *,
    now: datetime,
    sites: Collection[str] | None = None,
    packs: Collection[str] = (),
    releases: Releases | None = None,
    waivers: Iterable[Waiver] = (),
    rules: Iterable[Rule] | None = None,
) -> Report:
    """Check the effective policies of sites.

    :param source: A source in which everything fits together.
    :param sites: Keys of sites; None for all.
    :param packs: Regimes whose rules are to run besides those that always do.
    :param releases: What is known of releases; without it, rules about releases do not apply.
    :param rules: Default: all that are registered.
    :raises BadInput: If an overlay does not fit.
    """
    chosen = [rule for rule in rules or LINT_RULES if not rule.pack or rule.pack in packs]
    known = releases or {}
    judgements = tuple(
        judge(rule, view)
        for view in _views(source, sites, packs=frozenset(packs), releases=known, now=now)
        for rule in chosen
    )
    return Report(judgements=judgements, waivers=tuple(waivers))


def judge(rule: Rule, view: View) -> Judgement:
    """Return what one rule says of one policy on one site."""
    flaws = rule.check(view)
    findings = tuple(_finding(rule, view, each) for each in flaws or ())
    verdict = Verdict.FAIL if findings else Verdict.PASS
    if flaws is None:
        verdict = Verdict.NOT_APPLICABLE
    return Judgement(
        rule=rule.id,
        site=view.site,
        policy=view.effective.policy,
        verdict=verdict,
        findings=findings,
    )


def packs() -> tuple[str, ...]:
    """Return the regimes that have rules of their own."""
    return tuple(dict.fromkeys(rule.pack for rule in LINT_RULES if rule.pack))


def _views(
    source: Source,
    sites: Collection[str] | None,
    *,
    packs: frozenset[str],
    releases: Releases,
    now: datetime,
) -> Iterator[View]:
    for site in source.sites():
        if sites is not None and site not in sites:
            continue
        for policy in policies_of(source, site):
            yield View(
                source=source,
                effective=effective_policy(source, site, policy),
                now=now,
                release=releases.get((site, policy)),
                packs=packs,
            )


def _finding(rule: Rule, view: View, found: Flaw) -> Finding:
    entry, pointer = place_of(view, found.path) if found.place is None else found.place
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        source=rule.source,
        sites=(view.site,),
        policy=view.effective.policy,
        path=found.path,
        entry=entry,
        pointer=pointer,
        message=found.message,
        values=found.values,
    )
