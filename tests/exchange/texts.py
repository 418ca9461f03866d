"""A policy in five translations, with every state, for tests of the exchange."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from policy_api.domain.blocks.base import TextForm
from policy_api.domain.content.source import Source
from policy_api.domain.content.texts import text_hash
from policy_api.domain.translation.units import WorkUnit, work_units
from tests.domain.sources import overlay, source

LOCALES = ("ar", "de", "fr", "ja", "pt-BR")
STATES = ("draft", "translated", "approved")

LINKED = "Write to [our team](https://example.org/team?a=1&b=(2)) about {site.name}.\n\n- 30 days"
CURRENT_HEADING = "sections/welcome/heading"
BODY = "sections/welcome/blocks/intro/markdown"

WORDS: Mapping[str, str] = {
    "ar": "نص عربي",
    "de": "Ein Text – mit „Zeichen“ & <Klammern>",
    "fr": "Un texte « à part »",
    "ja": "日本語の文章",
    "pt-BR": "Um texto",
}


def five() -> Source:
    """Return the small policy with a linked text and every unit in five locales.

    The states take turns; every seventh unit is missing, every fifth outdated.
    """
    base = with_body(LINKED)
    for locale in LOCALES:
        made: dict[str, Any] = {}
        for number, unit in enumerate(work_units(base, "privacy", locale)):
            if number % 7 == 6:
                continue
            stored = {
                "text": in_words(unit, WORDS[locale]),
                "state": STATES[number % 3],
                "source_hash": text_hash("once") if number % 5 == 4 else unit.source_hash,
            }
            made.setdefault(unit.entry, {"units": {}})["units"][unit.address] = stored
        base = base.replace(made)
    return base


def with_body(text: str, **more: Any) -> Source:  # noqa: ANN401 -- entries by path
    """Return the small policy with another first text, and an overlay that adds words."""
    section = {
        "heading": "Welcome",
        "blocks": [{"key": "intro", "kind": "text", "markdown": text}],
    }
    added = overlay(
        "forum",
        {
            "op": "insert_after",
            "target": "sections/welcome/blocks/intro",
            "block": {"key": "rules", "kind": "text", "markdown": "Be kind to {site.name}."},
        },
    )
    german = {"policies/privacy/locales/de/sections/welcome": {"units": {"heading": "Willkommen"}}}
    return source({"policies/privacy/sections/welcome": section, **added, **german, **more})


def in_words(unit: WorkUnit, words: str) -> str:
    """Return a translation that keeps what must be kept."""
    escaped = words.replace("<", "\\<") if unit.form is TextForm.MARKDOWN else words
    if unit.id != BODY:
        kept = " {site.name}" if "{site.name}" in unit.source else ""
        return f"{escaped}{kept}"
    return f"{escaped} [{escaped}](https://example.org/xx) {{site.name}}.\n\n- 30"


def held(of: Source, locale: str) -> dict[str, tuple[str, str, bool]]:
    """Return text, state and whether it is outdated of every translated unit of a locale."""
    return {
        unit.id: (unit.target, unit.state.value, unit.outdated)
        for unit in work_units(of, "privacy", locale)
        if unit.target is not None
    }


def without(of: Source, locale: str) -> Source:
    """Return a source without a locale's translations."""
    return of.replace(dict.fromkeys(of.paths(f"policies/privacy/locales/{locale}/")))


Through = Callable[[bytes], bytes]
