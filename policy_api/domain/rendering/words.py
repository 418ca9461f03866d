"""The program's words on pages, in documents and in feeds, under short names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from policy_api.domain import labels
from policy_api.domain.labels import N_, words

WORDS: Mapping[str, str] = {
    **words.COOKIE_COLUMNS,
    **words.CONTACT_FIELDS,
    **words.COLUMNS,
    "all_changes": N_("All changes"),
    "and_more": words.AND_MORE,
    "attribution": N_("Attribution: {credit}"),
    "authoritative": words.AUTHORITATIVE,
    "automated_no": words.NO_AUTOMATED_DECISIONS,
    "automated_yes": words.DECISIONS_ARE_AUTOMATED,
    "based_on": N_("Based on {source}"),
    "change": words.WHAT_CHANGED,
    "changed": N_("changed"),
    "contents": words.CONTENTS,
    "cookies": N_("Cookies and similar techniques"),
    "current": words.CURRENT_VERSION,
    "effective": words.IN_FORCE_SINCE,
    "effective_from": N_("In force from"),
    "embed_show": N_("Show the control (connects to {host})"),
    "embed_open": N_("Open the control on its own page"),
    "exercise": words.HOW_TO_EXERCISE,
    "fallback": words.SHOWN_IN_SOURCE,
    "feed": N_("Feed of changes"),
    "in_force": N_("in force"),
    "inside_eea": words.INSIDE_EEA,
    "languages": N_("Languages"),
    "license_of": N_("This text may be used under {license}."),
    "no": words.NO,
    "none": words.NONE,
    "not_shown": N_("This part cannot be shown here."),
    "not_stated": words.NOT_STATED,
    "old_translation": words.OLD_TRANSLATION_LINK,
    "omitted": N_("Left out, because there is no text in this language: {sections}"),
    "outdated": words.OLDER_TRANSLATION,
    "outside_eea": words.OUTSIDE_EEA,
    "past": words.PAST_NOTICE,
    "previous": N_("Previous version"),
    "published": words.PUBLISHED,
    "read_upcoming": N_("Read the coming version"),
    "replaced_on": words.REPLACED_ON,
    "skip": words.SKIP_TO_CONTENT,
    "takes_effect_on": words.TAKES_EFFECT_ON,
    "upcoming": words.NEXT_VERSION_NOTICE,
    "upcoming_here": words.UPCOMING_NOTICE,
    "version": words.VERSION,
    "version_number": words.VERSION_NUMBER,
    "versions": N_("All versions"),
    "warning": words.WARNING,
    "withdrawn": words.WITHDRAWN_NOTICE,
    "yes": words.YES,
}
"""Every word that a template or a document may ask for."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words in one locale; called with a short name and the values it needs."""

    locale: str

    def __call__(self, name: str, /, **values: object) -> str:
        """Return a word with its values put in."""
        filled = {each: str(value) for each, value in values.items()}
        return labels.phrase(WORDS[name], self.locale, **filled)

    def date(self, instant: str | None) -> str | None:
        """Return the day of an instant, written out; the day is the one in UTC."""
        if instant is None:
            return None
        return labels.long_date(datetime.fromisoformat(instant), self.locale)

    def country(self, code: str | None) -> str | None:
        """Return the name of a country."""
        return None if code is None else labels.country(code, self.locale)

    def language(self, tag: str) -> str:
        """Return the name of a language as the reader calls it."""
        return labels.language_name(tag, self.locale)

    def yes_or_no(self, value: object) -> str | None:
        """Return yes, no, or None where nothing is stated."""
        return None if value is None else self("yes" if value else "no")
