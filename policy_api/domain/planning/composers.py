"""Composed contents of one state of the source, all policies and locales."""

from __future__ import annotations

from collections.abc import Mapping

from policy_api.domain.content.source import Source
from policy_api.domain.planning.release import Content
from policy_api.domain.rendering.edition import Composer
from policy_api.domain.translation.staleness import Lineage
from policy_api.domain.variants.effective import policies_of

Contents = Mapping[str, Content]
"""Locale → composed content, the source locale first."""


class Composers:
    """One composer per policy: each policy has a lineage of its own."""

    def __init__(self, source: Source, lineage: Mapping[str, Lineage]) -> None:
        self.source = source
        self._lineage = lineage
        self._known: dict[str, Composer] = {}

    def of(self, policy: str) -> Composer:
        """Return the composer of a policy."""
        if policy not in self._known:
            self._known[policy] = Composer(self.source, self._lineage.get(policy, Lineage()))
        return self._known[policy]

    def has(self, site: str, policy: str) -> bool:
        """Tell whether a site has a policy in this state."""
        entries = self.source.entries
        if f"sites/{site}" not in entries or f"policies/{policy}" not in entries:
            return False
        return policy in policies_of(self.source, site)

    def source_content(self, site: str, policy: str) -> Content:
        """Compose a site's edition in the source locale."""
        composer = self.of(policy)
        return composer.content(site, policy, composer.source_locale(policy))

    def contents(self, site: str, policy: str) -> Contents:
        """Compose all editions of a site's policy."""
        composer = self.of(policy)
        return {
            locale: composer.content(site, policy, locale)
            for locale in composer.locales(site, policy)
        }

    def give(self, site: str, policy: str, contents: Contents) -> bool:
        """Tell whether these are the editions of a site's policy; ends at the first other one."""
        composer = self.of(policy)
        return list(contents) == list(composer.locales(site, policy)) and all(
            composer.content(site, policy, locale) == content
            for locale, content in contents.items()
        )
