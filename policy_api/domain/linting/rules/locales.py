"""LOC: translations are there, and say what the source says."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from typing_extensions import override

from policy_api.domain.content.faults import escaped
from policy_api.domain.content.markdown import plain_text
from policy_api.domain.content.placeholders import names
from policy_api.domain.content.texts import text_hash
from policy_api.domain.labels import N_
from policy_api.domain.linting.base import Flaw, Found, Language, Rule, Severity, Value, flaw
from policy_api.domain.linting.view import Prose, View

_LINK = re.compile(r"(?:https|mailto|tel):[^\s<>()\[\]]+")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"\d(?:[\d.,\u00a0\u202f]*\d)?")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_LETTERS = re.compile(r"[^\W\d_]{2,}")

INCOMPLETE = N_(
    "{language}: texts in all: {total}; missing: {missing}, outdated: {outdated}, "
    "not approved: {open}."
)
LOST = N_("{language}: the translation leaves out {parts}.")
UNKNOWN = N_("{language}: {parts} has no value on this site.")
NO_FALLBACK = N_("The control “{title}” has no text for those who cannot use it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """A translated text with where it is kept."""

    unit: Mapping[str, Any]
    entry: str
    address: str

    @property
    def is_approved(self) -> bool:
        """Tell whether somebody has approved it."""
        return str(self.unit.get("state", "approved")) == "approved"

    def is_current(self, prose: Prose) -> bool:
        """Tell whether it was made from the present text; one without a remark was."""
        return self.unit.get("source_hash") in (None, text_hash(prose.unit.text))


def translations(view: View, locale: str) -> dict[str, Translation]:
    """Return everything that is translated into a locale, by unit id."""
    prefix = f"policies/{view.effective.policy}/locales/{locale}/"
    found = {}
    for path in view.source.paths(prefix):
        owner = path.removeprefix(prefix)
        for relative, unit in view.source.entries[path]["units"].items():
            unit_id = relative if owner == "policy" else f"{owner}/{relative}"
            found[unit_id] = Translation(unit=unit, entry=path, address=relative)
    return found


class LocalesComplete(Rule):
    """A site that offers a language offers all of the policy in it."""

    id, severity, source = "LOC-001", Severity.ERROR, "GDPR 12(1); WP260 ¶13"
    title = "Every text is translated, up to date and approved in every language of the site"

    @override
    def check(self, view: View) -> Found:
        locales = view.translated_locales
        if not locales:
            return None
        return [found for locale in locales for found in self._flaws(view, locale)]

    @staticmethod
    def _flaws(view: View, locale: str) -> Iterator[Flaw]:
        known = translations(view, locale)
        counted: Counter[str] = Counter()
        for prose in view.prose:
            kept = known.get(view.effective.unit_id(prose.path))
            counted["missing"] += kept is None
            counted["outdated"] += kept is not None and not kept.is_current(prose)
            counted["open"] += kept is not None and not kept.is_approved
        if counted.total():
            yield flaw(
                f"sites/{view.site}/locales",
                INCOMPLETE,
                language=Language(locale),
                total=len(view.prose),
                missing=counted["missing"],
                outdated=counted["outdated"],
                open=counted["open"],
            )


class TranslationsFaithful(Rule):
    """A lost link, number or placeholder changes what a reader can do."""

    id, severity, source = "LOC-002", Severity.ERROR, "integrity"
    title = "Translations keep placeholders, links, addresses and numbers; controls have a text"

    @override
    def check(self, view: View) -> Found:
        embeds = view.blocks_of("embed")
        by_locale = {tag: translations(view, tag) for tag in view.translated_locales}
        if not embeds and not any(by_locale.values()):
            return None
        found = [one for address, block in embeds for one in self._fallback(address, block)]
        for locale, known in by_locale.items():
            for prose in view.prose:
                kept = known.get(view.effective.unit_id(prose.path))
                if kept is not None and kept.is_current(prose):
                    found += self._differences(view, prose, kept, Language(locale))
        return found

    @staticmethod
    def _fallback(address: str, block: Mapping[str, Any]) -> Iterator[Flaw]:
        words = plain_text(_PLACEHOLDER.sub("", _LINK.sub("", block.get("fallback", ""))))
        if not _LETTERS.search(words):
            yield flaw(f"{address}/fallback", NO_FALLBACK, title=block["title"])

    @staticmethod
    def _differences(
        view: View, prose: Prose, kept: Translation, language: Language
    ) -> Iterator[Flaw]:
        text = kept.unit["text"]
        lost = sorted(tokens(prose.unit.text) - tokens(text))
        unknown = sorted(f"{{{name}}}" for name in names(text) if name not in view.values)
        place = (kept.entry, f"/units/{escaped(kept.address)}/text")
        for message, parts in ((LOST, lost), (UNKNOWN, unknown)):
            if parts:
                values: dict[str, Value] = {"language": language, "parts": tuple(parts)}
                yield Flaw(path=prose.path, message=message, values=values, place=place)


@lru_cache(maxsize=8192)
def tokens(text: str) -> frozenset[str]:
    """Return what a translation must keep: placeholders, links, mail addresses, numbers.

    Numbers are compared without separators and in any script's digits. Remembered, because many
    sites share a text.
    """
    found = {f"{{{name}}}" for name in names(text)}
    bare = _PLACEHOLDER.sub(" ", text)
    for pattern in (_LINK, _MAIL):
        found |= {match[0].rstrip(".,;:!?") for match in pattern.finditer(bare)}
        bare = pattern.sub(" ", bare)
    found |= {_digits(match[0]) for match in _NUMBER.finditer(bare)}
    return frozenset(found)


def _digits(number: str) -> str:
    return "".join(str(unicodedata.digit(char)) for char in number if char.isdigit())


RULES: tuple[Rule, ...] = (LocalesComplete(), TranslationsFaithful())
