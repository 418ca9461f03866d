"""CHG: how readers learn of changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from typing_extensions import override

from policy_api.domain.labels import N_
from policy_api.domain.linting.base import Flaw, Found, Language, Rule, Severity, flaw
from policy_api.domain.linting.view import View
from policy_api.domain.linting.wording import Wording, wording_of

URGENT: Final = frozenset({"notice-period", "CHG-003"})
"""Waivers that record why a change could not wait."""

_KEY = re.compile(r"(?:^|-)(?:chang|updat|amend|revis)")

NO_VERSION = N_("The edition shows no version number.")
NO_PUBLICATION = N_("The edition does not show when it was published.")
NO_EFFECT = N_("The edition does not show when it takes effect.")
NO_SECTION = N_("No section says how changes are announced.")
NO_PROMISE = N_("The section on changes does not promise to tell readers.")
CHECK_BACK = N_("The section on changes leaves it to readers to look for changes.")
TOO_SOON = N_("The change takes effect on {date}, before the promised {days} days of notice end.")
NO_SUMMARY = N_("There is no summary of the change in {language}.")
NO_EARLIER = N_("The policy does not say where earlier versions can be read.")


def change_sections(view: View, wording: Wording) -> list[dict[str, Any]]:
    """Return the sections on changes: by key, by heading, or because they list changes."""
    return [
        section
        for section in view.effective.sections
        if _KEY.search(section["key"])
        or wording.changes.search(section["heading"])
        or any(block["kind"] == "changelog" for block in section["blocks"])
    ]


def words_of(view: View, section: dict[str, Any]) -> str:
    """Return what a section says below its heading."""
    inside = f"sections/{section['key']}/blocks/"
    found = (prose.words for prose in view.prose if prose.path.startswith(inside))
    return " ".join(found)


class EditionDated(Rule):
    """Art. 5(2) and every reader who comes back."""

    id, severity, source = "CHG-001", Severity.ERROR, "11 CCR 7011"
    title = "The edition shows its version number and the dates of publication and effect"

    @override
    def check(self, view: View) -> Found:
        return None if view.release is None else [*self._flaws(view)]

    @staticmethod
    def _flaws(view: View) -> Iterator[Flaw]:
        wanted = {
            "version": NO_VERSION,
            "published_at": NO_PUBLICATION,
            "effective_at": NO_EFFECT,
        }
        for field, message in wanted.items():
            if getattr(view.release, field) is None:
                yield flaw("title", message)


class ChangesAnnounced(Rule):
    """A request to look again from time to time is not notice."""

    id, severity, source = "CHG-002", Severity.ERROR, "WP260 ¶29"
    title = "The section on changes promises to tell readers, and does not ask them to check back"

    @override
    def check(self, view: View) -> Found:
        wording = wording_of(view.source_locale)
        if wording is None:
            return None
        sections = change_sections(view, wording)
        if not sections:
            return [flaw("sections", NO_SECTION)]
        words = {f"sections/{each['key']}": words_of(view, each) for each in sections}
        asks = [path for path, text in words.items() if wording.check_back.search(text)]
        found = [flaw(path, CHECK_BACK) for path in asks]
        if not any(map(wording.promise.search, words.values())):
            found.append(flaw(next(iter(words)), NO_PROMISE))
        return found


class NoticeKept(Rule):
    """The promise of a notice period holds for every material change."""

    id, severity, source = "CHG-003", Severity.ERROR, "WP260 ¶30; GDPR 13(3)"
    title = "A material change waits for the promised notice, or says why it cannot"

    @override
    def check(self, view: View) -> Found:
        release = view.release
        if release is None or not release.is_material_change:
            return None
        if release.published_at is None or release.effective_at is None:
            return None
        given = release.effective_at - release.published_at
        if given.total_seconds() >= release.notice_days * 86_400 or release.waived & URGENT:
            return []
        return [flaw("title", TOO_SOON, date=release.effective_at.date(), days=release.notice_days)]


class ChangeSummarized(Rule):
    """Whoever is told must understand it."""

    id, severity, source = "CHG-004", Severity.ERROR, "WP260 ¶29; GDPR 12(1)"
    title = "A material change has a summary in every language of the site"

    @override
    def check(self, view: View) -> Found:
        release = view.release
        if release is None or not release.is_material_change:
            return None
        locales = (view.source_locale, *view.translated_locales)
        return [
            flaw("title", NO_SUMMARY, language=Language(locale))
            for locale in locales
            if not release.summary.get(locale, "").strip()
        ]


class EarlierVersionsOffered(Rule):
    """What was promised then can be looked up only if somebody kept it."""

    id, severity, source = "CHG-005", Severity.INFO, "ICO accountability framework"
    title = "The policy says where earlier versions can be read"

    @override
    def check(self, view: View) -> Found:
        wording = wording_of(view.source_locale)
        if view.blocks_of("changelog"):
            return []
        if wording is None:
            return None
        if any(wording.earlier.search(prose.words) for prose in view.prose):
            return []
        sections = change_sections(view, wording)
        at = f"sections/{sections[0]['key']}" if sections else "sections"
        return [flaw(at, NO_EARLIER)]


RULES: tuple[Rule, ...] = (
    EditionDated(),
    ChangesAnnounced(),
    NoticeKept(),
    ChangeSummarized(),
    EarlierVersionsOffered(),
)
