"""Check a whole source as publishing would: every site, every locale, every override."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from policy_api.domain.content.source import Source
from policy_api.domain.entries.checks import check_source
from policy_api.domain.rendering.edition import Composer
from policy_api.domain.variants.effective import policies_of
from policy_api.domain.variants.tree import StaleOverride
from policy_api.drafts.stamping import stamp
from policy_api.errors import BadInput, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of a site's policy a locale shows in its own language."""

    site: str
    policy: str
    locale: str
    units: int
    current: int
    outdated: int
    fallback: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check found."""

    problems: tuple[Problem, ...]
    stale: tuple[StaleOverride, ...] = ()
    coverage: tuple[Coverage, ...] = ()


def check(source: Source) -> Checked:
    """Compose everything and collect what stands in the way.

    What an author translated counts as made from the present text, as it will when it is published.
    """
    problems = tuple(check_source(source))
    if problems:
        return Checked(problems=problems)
    source = stamp(source, None)[0]
    composer = Composer(source)
    found: dict[Problem, None] = {}
    stale: dict[StaleOverride, None] = {}
    coverage: list[Coverage] = []
    for site in source.sites():
        for policy in policies_of(source, site):
            try:
                coverage += _coverage(composer, site, policy)
                stale |= dict.fromkeys(composer.effective(site, policy).stale)
            except BadInput as error:
                found |= dict.fromkeys(error.problems)
    return Checked(problems=tuple(found), stale=tuple(stale), coverage=tuple(coverage))


def _coverage(composer: Composer, site: str, policy: str) -> Iterator[Coverage]:
    for locale in composer.locales(site, policy):
        content = composer.content(site, policy, locale)
        yield Coverage(site=site, policy=policy, locale=locale, **content["completeness"])
