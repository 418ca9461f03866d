"""Composition: one site's effective policy in one locale, as the content of an edition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from policy_api.domain.blocks.base import BLOCK_KINDS, TextForm, Unit
from policy_api.domain.content.paths import replace_units
from policy_api.domain.content.placeholders import fill, names
from policy_api.domain.content.source import Source
from policy_api.domain.content.texts import text_hash
from policy_api.domain.entries.units import entry_units
from policy_api.domain.languages import direction
from policy_api.domain.rendering.scene import SiteScene
from policy_api.domain.rendering.sharing import Shared, SharedSections, Watched
from policy_api.domain.translation.memory import translations
from policy_api.domain.translation.staleness import Fit, Lineage
from policy_api.domain.variants.effective import EffectivePolicy, effective_policy
from policy_api.domain.variants.tree import Node
from policy_api.domain.variants.values import localized, placeholder_values
from policy_api.errors import BadInput, Problem

Content = dict[str, Any]
"""An edition's content as JSON: what is digested, stored and served."""

SOURCE = "source"
"""State of a section in the source locale itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One unit in its place, with what a locale has for it."""

    address: str
    unit: Unit
    fit: Fit
    translated: str | None


@dataclass(slots=True)
class Composer:
    """Composes editions from one state of the source; remembers what editions share."""

    source: Source
    lineage: Lineage = field(default_factory=Lineage)
    _effective: dict[tuple[str, str], EffectivePolicy] = field(default_factory=dict)
    _translations: dict[tuple[str, str], dict[str, Mapping[str, Any]]] = field(default_factory=dict)
    _made_from: tuple[EffectivePolicy, tuple[bytes, ...]] | None = None
    shared: SharedSections = field(default_factory=SharedSections)

    def effective(self, site: str, policy: str) -> EffectivePolicy:
        """Return a site's effective policy; only the newest one is kept.

        :raises BadInput: If an overlay does not fit.
        """
        key = (site, policy)
        if key not in self._effective:
            self._effective.clear()
            self._effective[key] = effective_policy(self.source, site, policy)
        return self._effective[key]

    def made_from(self, effective: EffectivePolicy) -> tuple[bytes, ...]:
        """Return, for each section, all that it is composed from beside locale and values."""
        if self._made_from is None or self._made_from[0] is not effective:
            parts = tuple(_made_from(effective, section) for section in effective.sections)
            self._made_from = effective, parts
        return self._made_from[1]

    def source_locale(self, policy: str) -> str:
        """Return the locale in which a policy is written."""
        entry = self.source.entries[f"policies/{policy}"]
        return str(entry.get("source_locale") or self.organization_locale)

    @property
    def organization_locale(self) -> str:
        """Locale of the organization's names, and of policies that name no other."""
        return str(self.source.organization.get("source_locale", "en"))

    def locales(self, site: str, policy: str) -> tuple[str, ...]:
        """Return the locales of a site's editions, the source locale first."""
        source_locale = self.source_locale(policy)
        named = self.source.entries[f"sites/{site}"]["locales"]
        return (source_locale, *(tag for tag in named if tag != source_locale))

    def content(self, site: str, policy: str, locale: str) -> Content:
        """Compose an edition's content, without number, dates and what depends on them.

        :raises BadInput: If an overlay does not fit or a placeholder has no value.
        """
        return _Composition(self, self.effective(site, policy), locale).content()

    def translations(self, policy: str, locale: str) -> dict[str, Mapping[str, Any]]:
        """Return the units of a locale that may be shown."""
        key = (policy, locale)
        if key not in self._translations:
            self._translations[key] = translations(self.source, policy, locale)
        return self._translations[key]


class _Composition:
    """One edition in the making."""

    def __init__(self, composer: Composer, effective: EffectivePolicy, locale: str) -> None:
        self.composer = composer
        self.source = composer.source
        self.effective = effective
        self.locale = locale
        self.source_locale = composer.source_locale(effective.policy)
        self.is_source = locale == self.source_locale
        self.memory = {} if self.is_source else composer.translations(effective.policy, locale)
        self.counted: Counter[str] = Counter()
        self.problems: list[Problem] = []
        self._placeholders: dict[str, Watched] = {}
        self.made_from = composer.made_from(effective)

    def content(self) -> Content:
        entry = self.effective.entry
        site = self.source.entries[f"sites/{self.effective.site}"]
        title = self._title()
        sections = [
            self._shared(section, key)
            for section, key in zip(self.effective.sections, self.made_from, strict=True)
        ]
        if self.problems:
            raise BadInput(problems=dict.fromkeys(self.problems))
        scene = self._scene(self.source_locale, {})
        name = localized(
            site["name"], locale=self.locale, source_locale=self.composer.organization_locale
        )
        return {
            "site": {"key": self.effective.site, "name": name, "hosts": list(site["hosts"])},
            "policy": self.effective.policy,
            "kind": entry.get("kind", "dpv:PrivacyNotice"),
            "title": title,
            "locale": self.locale,
            "dir": direction(self.locale),
            "source_locale": self.source_locale,
            "authoritative_locale": entry.get("authoritative_locale", self.source_locale),
            "available_locales": list(
                self.composer.locales(self.effective.site, self.effective.policy)
            ),
            "completeness": self._completeness(),
            "license": scene.license(),
            "sections": sections,
            "omitted": [],
        }

    def _title(self) -> str:
        text = self._text("title", Unit(path="title", text=self.effective.entry["title"]))
        self.counted[self._counted_as(text, text.fit)] += 1
        is_translated = text.fit is not Fit.FALLBACK
        text_locale = self.locale if is_translated else self.source_locale
        filled = self._filled([text], text_locale, translated=is_translated)
        return filled.get(text.address, text.unit.text)

    def _completeness(self) -> dict[str, int]:
        states = {state.value: self.counted[state.value] for state in Fit}
        return {"units": sum(states.values()), **states}

    def _text(self, address: str, unit: Unit) -> Text:
        """Find what the locale has for a unit, and whether it fits."""
        if self.is_source:
            return Text(address=address, unit=unit, fit=Fit.CURRENT, translated=unit.text)
        unit_id = self.effective.unit_id(address)
        found = self.memory.get(unit_id)
        if found is None:
            return Text(address=address, unit=unit, fit=Fit.FALLBACK, translated=None)
        fit = self.composer.lineage.fit(
            unit_id, made_from=found.get("source_hash"), present=text_hash(unit.text)
        )
        return Text(address=address, unit=unit, fit=fit, translated=found["text"])

    def _shared(self, section: Node, key: bytes) -> Content:
        """Return a section, composed here or for another site for which it reads the same."""
        shared, made_from = self.composer.shared, (self.effective.policy, self.locale, key)
        text_locale = shared.text_locale(made_from)
        found = None
        if text_locale is not None:
            found = shared.find(made_from, self._values(text_locale))
        if found is None:
            found = self._composed(section, made_from)
        self.counted.update(found.counted)
        return found.section

    def _composed(self, section: Node, made_from: tuple[str, str, bytes]) -> Shared:
        known, counted = len(self.problems), self.counted
        self.counted = Counter()
        for values in self._placeholders.values():
            values.names.clear()
        made = self._section(section)
        found = Shared(section=made, counted=dict(self.counted))
        self.counted = counted
        if len(self.problems) == known:
            locale = made["locale"]
            self.composer.shared.keep(made_from, self._values(locale), found, locale=locale)
        return found

    def _section(self, section: Node) -> Content:
        """Compose a section; it is shown in one language as a whole."""
        address = f"sections/{section['key']}"
        tables = _tables_of(self.effective, section)
        texts = [self._text(*placed) for placed in self._units(section, address, tables)]
        worst = _worst(texts)
        state = SOURCE if self.is_source else worst.value
        fallback = worst is Fit.FALLBACK
        for text in texts:
            self.counted[self._counted_as(text, worst)] += 1
        text_locale = self.source_locale if fallback else self.locale
        filled = self._filled(texts, text_locale, translated=not fallback)
        section, tables = _with_texts(section, tables, filled)
        scene = self._scene(text_locale, tables)
        return {
            "key": section["key"],
            "anchor": section.get("anchor", section["key"]),
            "heading": section["heading"],
            "layer": section.get("layer", 1),
            "locale": text_locale,
            "dir": direction(text_locale),
            "translation": state,
            "translated_from": None,
            "origin": self.effective.origin(address),
            "blocks": [self._block(block, address, scene) for block in section["blocks"]],
        }

    def _counted_as(self, text: Text, shown: Fit) -> str:
        return Fit.FALLBACK.value if shown is Fit.FALLBACK else text.fit.value

    def _units(
        self, section: Node, address: str, tables: Mapping[str, Node]
    ) -> Iterator[tuple[str, Unit]]:
        prefix = f"policies/{self.effective.policy}"
        for unit in entry_units(f"{prefix}/{address}", section):
            yield f"{address}/{unit.path}", unit
        for key, table in tables.items():
            for unit in entry_units(f"{prefix}/tables/{key}", table):
                yield f"tables/{key}/{unit.path}", unit

    def _filled(self, texts: list[Text], text_locale: str, *, translated: bool) -> dict[str, str]:
        """Return each text as it will be shown, by address."""
        values = self._values(text_locale)
        shown = {}
        for text in texts:
            written = text.translated if translated and text.translated else text.unit.text
            missing = [name for name in names(written) if name not in values]
            self.problems += [self._no_value(text.address, name) for name in missing]
            if not missing:
                shown[text.address] = fill(written, values, form=text.unit.form.value)
        return shown

    def _no_value(self, address: str, name: str) -> Problem:
        *owner, field = address.split("/", 2)
        return Problem(
            detail=f"The placeholder {{{name}}} in {field} has no value on site "
            f"'{self.effective.site}'.",
            file="/".join(("policies", self.effective.policy, *owner)),
            expected="a variable of the site, its base or the organization",
        )

    def _values(self, locale: str) -> Watched:
        if locale not in self._placeholders:
            self._placeholders[locale] = Watched(
                placeholder_values(
                    self.source,
                    self.effective.site,
                    variables=self.effective.variables,
                    locale=locale,
                    source_locale=self.composer.organization_locale,
                )
            )
        return self._placeholders[locale]

    def _scene(self, text_locale: str, tables: Mapping[str, Node]) -> SiteScene:
        return SiteScene(
            source=self.source,
            effective=self.effective,
            locale=self.locale,
            source_locale=self.composer.organization_locale,
            values=self._values(text_locale),
            tables=tables,
        )

    def _block(self, block: Node, address: str, scene: SiteScene) -> Content:
        try:
            composed = BLOCK_KINDS.get(block["kind"]).compose(block, scene)
        except BadInput as error:
            file = f"policies/{self.effective.policy}/{address}"
            self.problems += [replace(found, file=found.file or file) for found in error.problems]
            composed = {}
        return {
            "key": block["key"],
            "kind": block["kind"],
            "origin": self.effective.origin(f"{address}/blocks/{block['key']}"),
            **composed,
        }


def _tables_of(effective: EffectivePolicy, section: Node) -> dict[str, Node]:
    keys = [block["table"] for block in section["blocks"] if "table" in block]
    return {key: effective.tables[key] for key in keys if key in effective.tables}


def _made_from(effective: EffectivePolicy, section: Node) -> bytes:
    tables = _tables_of(effective, section)
    nodes = [f"sections/{section['key']}", *(f"tables/{key}" for key in tables)]
    layers = {
        address: layer
        for address, layer in effective.layers.items()
        if any(address == node or address.startswith(f"{node}/") for node in nodes)
    }
    return orjson.dumps([section, tables, layers])


def _worst(texts: list[Text]) -> Fit:
    """Return how a section stands: as its worst unit."""
    fits = {text.fit for text in texts}
    return next((fit for fit in (Fit.FALLBACK, Fit.OUTDATED) if fit in fits), Fit.CURRENT)


def _with_texts(
    section: Node, tables: Mapping[str, Node], shown: Mapping[str, str]
) -> tuple[Node, dict[str, Node]]:
    """Put texts into a section and its tables, by address."""
    by_node: dict[tuple[str, str], dict[str, str]] = {}
    for address, text in shown.items():
        family, key, path = address.split("/", 2)
        by_node.setdefault((family, key), {})[path] = text
    new_tables = {
        key: replace_units(table, by_node.get(("tables", key), {})) for key, table in tables.items()
    }
    return replace_units(section, by_node.get(("sections", section["key"]), {})), new_tables


__all__ = ["Composer", "Content", "TextForm"]
