"""What keeps a release back: each rule of the gate looks at the same case."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import orjson

from policy_api.domain.content.source import Source
from policy_api.domain.entries.checks import check_source
from policy_api.domain.linting.base import LINT_RULES, Severity
from policy_api.domain.linting.findings import Finding
from policy_api.domain.linting.runner import lint
from policy_api.domain.planning.affected import Pair, affected
from policy_api.domain.planning.plan import NOTICE_RULE, plan_release
from policy_api.domain.planning.release import Announcement, Before, ReleasePlan, Waiver
from policy_api.domain.proof.canonical import instant_text
from policy_api.domain.rendering.edition import Composer
from policy_api.domain.translation.staleness import Lineage
from policy_api.domain.variants.effective import effective_policy
from policy_api.domain.variants.tree import StaleOverride
from policy_api.errors import BadInput, NoticeTooShort, PolicyError, SignificanceLowered
from policy_api.events.service import MAX_BODY_BYTES
from policy_api.publishing.gate import (
    KEY_RULE,
    REVIEW_RULE,
    SIZE_RULE,
    SOURCE_RULE,
    STALE_RULE,
    TRANSLATION_RULE,
    GateFinding,
    merged,
    of_problems,
)

ALL_REQUIRED, SOURCE_FIRST = "all_required", "source_first"
DECIDED_HERE = frozenset({"LOC-001"})
"""Rules of lint about what the gate decides itself: whether a language may be left open."""

DIGEST_LENGTH = len("sha256:") + 64
TESTED = "tested by the gate"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A release that somebody wants to make."""

    before: Before
    source: Source
    announcement: Announcement
    now: datetime

    locale: str = "en"
    """Language in which findings of lint are told."""

    review: str | None = None
    """What the review of the draft still lacks, in words; None where nothing is missing."""

    @property
    def head(self) -> Source | None:
        """The newest state that is published."""
        head = self.before.timeline.head
        return head.source if head else None

    @cached_property
    def pairs(self) -> list[Pair]:
        """The sites and policies that the release may change."""
        base = self.head or Source.from_entries({})
        return sorted(affected(base, self.source))


def examine(case: Case) -> list[GateFinding]:
    """Return everything that keeps a release back.

    :raises NothingToPublish: If it would change nothing.
    :raises CorrectionConflict: If it does not fit what is announced.
    """
    findings = [*_review(case), *_size(case), *_keys(case), *of_problems(check_source(case.source))]
    if any(found.rule == SOURCE_RULE for found in findings):
        # What does not fit together cannot be composed, so nothing more can be known.
        return findings
    overlays = list(_overlays(case))
    findings += overlays
    if any(not found.is_waivable for found in overlays):
        return merged(findings)
    try:
        planned, found = _planned(case)
        findings += found
        findings += _translations(case, planned)
        findings += _lint(case)
    except BadInput as error:
        findings += of_problems(error.problems)
    return merged(findings)


def _review(case: Case) -> Iterator[GateFinding]:
    if case.review is not None:
        yield GateFinding(rule=REVIEW_RULE, detail=case.review)


def _keys(case: Case) -> Iterator[GateFinding]:
    """Find sites that take over the key of one that ended, with its subscribers and tokens."""
    if case.head is None:
        return
    policies = {*case.head.policies(), *case.source.policies()}
    for site in sorted({*case.source.sites()} - {*case.head.sites()}):
        if any(case.before.past.standing(site, policy) for policy in policies):
            yield GateFinding(
                rule=KEY_RULE,
                detail=f"“{site}” was the key of a site that ended. Its subscribers and tokens "
                "would be this one's: choose another key, or say why not.",
                path=f"sites/{site}",
                sites=(site,),
            )


def _size(case: Case) -> Iterator[GateFinding]:
    """Find an announcement that does not fit into a notification even without naming a site."""
    told = case.announcement
    instant = instant_text(case.now)
    longest = max(case.source.policies(), key=len, default="")
    body = {
        "type": "policy.published",
        "timestamp": instant,
        "sequence": 10**12,
        "data": {
            "policy": longest,
            "release": 10**9,
            "kind": "correction",
            "significance": "non_material",
            "effective_at": instant,
            "title": dict(told.title),
            "summary": dict(told.summary),
            "sites": [],
            "chain_head": "0" * DIGEST_LENGTH,
            "sites_total": 10**6,
        },
    }
    excess = len(orjson.dumps(body)) - MAX_BODY_BYTES
    if excess > 0:
        detail = (
            f"Shorten the title or the summary by {excess} bytes; they are sent to subscribers."
        )
        yield GateFinding(rule=SIZE_RULE, detail=detail, pointer="/summary")


def _overlays(case: Case) -> Iterator[GateFinding]:
    """Find ops that cannot be carried out, and overrides whose base the release changes."""
    for site, policy in case.pairs:
        try:
            stale = effective_policy(case.source, site, policy).stale
        except BadInput as error:
            yield from (replace(found, sites=(site,)) for found in of_problems(error.problems))
            continue
        known = {
            (each.target, each.made_from, each.found) for each in _stale_then(case, site, policy)
        }
        for each in stale:
            if (each.target, each.made_from, each.found) not in known:
                yield GateFinding(
                    rule=STALE_RULE,
                    detail=f"The text below {each.target} changed since the override was written.",
                    path=each.path,
                    pointer=each.pointer,
                    sites=(site,),
                    facts=(("made_from", each.made_from), ("found", each.found)),
                )


def _stale_then(case: Case, site: str, policy: str) -> tuple[StaleOverride, ...]:
    """Return what was stale before; that is not this release's doing."""
    head = case.head
    if head is None or f"sites/{site}" not in head or f"policies/{policy}" not in head:
        return ()
    try:
        return effective_policy(head, site, policy).stale
    except BadInput:
        # An earlier program took what this one refuses; then everything counts as new.
        return ()


def _planned(case: Case) -> tuple[ReleasePlan | None, list[GateFinding]]:
    """Return the plan as far as waivers would open the way to it, and what they would waive."""
    findings: list[GateFinding] = []
    told = case.announcement
    bare = replace(told, waivers=())
    while True:
        try:
            plan = plan_release(case.before, case.source, announcement=bare, now=case.now)
        except (NoticeTooShort, SignificanceLowered) as refusal:
            rule = str(refusal.extra.get("waiver", ""))
            findings.append(_of_refusal(refusal, rule))
            if not rule:
                return None, findings
            tested = Waiver(rule=rule, reason=TESTED, name=TESTED)
            bare = replace(bare, waivers=(*bare.waivers, tested))
        else:
            return plan, findings


def _of_refusal(refusal: PolicyError, rule: str) -> GateFinding:
    facts = {name: value for name, value in refusal.extra.items() if name != "waiver"}
    return GateFinding(
        rule=rule or NOTICE_RULE,
        detail=refusal.detail,
        facts=tuple((name, _text(value)) for name, value in facts.items()),
        is_fixed=not rule,
    )


def _text(value: object) -> str:
    return instant_text(value) if isinstance(value, datetime) else str(value)


def _translations(case: Case, plan: ReleasePlan | None) -> Iterator[GateFinding]:
    """Find languages that the policy's gate does not let wait.

    ``all_required``: no text may be missing or older than its source. ``source_first``: texts may
    wait for their translation, but a language that a site offers for the first time is whole.
    ``urgent``: nothing is asked.
    """
    changed = {} if plan is None else plan.unit_changes
    composers: dict[str, Composer] = {}
    for site, policy in case.pairs:
        if policy not in composers:
            lineage = case.before.lineage.get(policy, Lineage())
            newer = (change for change, _ in changed.get(policy, ()))
            composers[policy] = Composer(case.source, lineage.extended(newer))
        composer = composers[policy]
        gate = case.source.entries[f"policies/{policy}"].get("gate", SOURCE_FIRST)
        for locale in _required(case, gate, site, composer.locales(site, policy)):
            counts = composer.content(site, policy, locale)["completeness"]
            if counts["outdated"] or counts["fallback"]:
                yield _open_locale(site, policy, locale, counts, gate)


def _required(case: Case, gate: str, site: str, locales: Iterable[str]) -> Iterator[str]:
    """Yield the languages beside the source's that may not be open."""
    _source_locale, *others = locales
    head: Mapping[str, Any] = {} if case.head is None else case.head.entries
    offered = head.get(f"sites/{site}", {}).get("locales", ())
    for locale in others:
        if gate == ALL_REQUIRED or (gate == SOURCE_FIRST and locale not in offered):
            yield locale


def _open_locale(
    site: str, policy: str, locale: str, counts: Mapping[str, int], gate: str
) -> GateFinding:
    open_ = counts["outdated"] + counts["fallback"]
    return GateFinding(
        rule=TRANSLATION_RULE,
        detail=f"{open_} of {counts['units']} texts in {locale} are missing or outdated.",
        path=f"policies/{policy}/locales/{locale}",
        sites=(site,),
        facts=(("locale", locale), ("gate", gate)),
    )


def _lint(case: Case) -> Iterator[GateFinding]:
    """Find errors that the release would add; those that are published keep nobody back."""
    sites = {site for site, _ in case.pairs}
    errors = _errors(case.source, sites, now=case.now)
    known: set[tuple[str, ...]] = set()
    if errors and case.head is not None:
        # What a new site inherits is not new.
        chains = {link for site in sites for link in case.source.site_chain(site)}
        there = chains & set(case.head.sites())
        known = {_identity(found) for found in _errors(case.head, there, now=case.now)}
    for found in errors:
        if _identity(found) not in known:
            yield GateFinding(
                rule=found.rule,
                detail=found.text(case.locale),
                path=found.path,
                pointer=found.pointer,
                sites=found.sites,
                facts=(("entry", found.entry), ("source", found.source)),
            )


def _errors(source: Source, sites: Collection[str], *, now: datetime) -> tuple[Finding, ...]:
    """Return what rules call an error; what others find keeps nobody back, so they do not run."""
    rules = [
        rule
        for rule in LINT_RULES
        if rule.severity is Severity.ERROR and rule.id not in DECIDED_HERE
    ]
    return lint(source, now=now, sites=sites, rules=rules).findings


def _identity(found: Finding) -> tuple[str, ...]:
    return found.rule, found.policy, found.path, found.entry
