"""What rules look at: one site's effective policy as facts, with what is known of its release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any, Final

from policy_api.domain.blocks.base import TextForm, Unit
from policy_api.domain.changes.types import Significance
from policy_api.domain.content.markdown import plain_text
from policy_api.domain.content.placeholders import fill, names
from policy_api.domain.content.source import Source
from policy_api.domain.content.vocabulary import is_special
from policy_api.domain.entries.units import entry_units
from policy_api.domain.linting.handling import Handling
from policy_api.domain.variants.effective import EffectivePolicy
from policy_api.domain.variants.values import placeholder_values

Node = Mapping[str, Any]
Placed = tuple[str, Node]
"""Address and node."""

PRIVACY_KINDS: Final = frozenset({"dpv:PrivacyNotice", "dpv:LayeredNotice", "dpv:Notice"})
"""Kinds of policy that tell people what is done with their data."""

PROCESSING_AGREEMENT: Final = "dpv:DataProcessingAgreement"
PROCESSOR_PACK: Final = "processor"


@lru_cache(maxsize=4096)
def _plain(markdown: str) -> str:
    """Read Markdown once, however many sites share the text."""
    return plain_text(markdown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What is known of the release that carries the policy; None is what is not known."""

    version: int | None = None
    previous: int | None = None
    """Number of the version before; None for the first one."""

    significance: Significance | None = None
    published_at: datetime | None = None
    effective_at: datetime | None = None
    notice_days: int = 0
    """Days of notice the site has promised."""

    summary: Mapping[str, str] = field(default_factory=dict)
    waived: frozenset[str] = frozenset()
    """Rules of publishing that were set aside with a reason."""

    @property
    def is_material_change(self) -> bool:
        """Tell whether readers must be told of it: the first version changes nothing."""
        return self.previous is not None and self.significance is Significance.MATERIAL


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedRight:
    """A right that the policy names."""

    code: str
    path: str
    text: str | None
    alone: bool
    """Whether no other right stands in its block."""

    contact: str | None
    """Key of the contact that answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """A text of the policy as a reader of the source locale sees it."""

    path: str
    unit: Unit
    words: str
    """Without markup, placeholders filled."""


@dataclass(frozen=True, kw_only=True)
class View:
    """One site's policy, seen by rules."""

    source: Source
    effective: EffectivePolicy
    now: datetime
    release: Release | None = None
    packs: frozenset[str] = frozenset()

    @property
    def site(self) -> str:
        """Key of the site."""
        return self.effective.site

    @property
    def site_entry(self) -> Node:
        """The site's own entry."""
        return self.source.entries[f"sites/{self.site}"]

    @property
    def organization(self) -> Node:
        """The organization's entry."""
        return self.source.organization

    @property
    def is_privacy_notice(self) -> bool:
        """Tell whether the policy is one that tells people about their data."""
        return self.effective.entry.get("kind", "dpv:PrivacyNotice") in PRIVACY_KINDS

    @property
    def publisher_is_processor(self) -> bool:
        """Tell whether the policy speaks for somebody who acts for others."""
        return (
            self.effective.entry.get("kind") == PROCESSING_AGREEMENT or PROCESSOR_PACK in self.packs
        )

    @property
    def organization_locale(self) -> str:
        """Locale of the organization's names."""
        return str(self.organization.get("source_locale", "en"))

    @property
    def source_locale(self) -> str:
        """Locale in which the policy is written."""
        return str(self.effective.entry.get("source_locale") or self.organization_locale)

    @property
    def translated_locales(self) -> tuple[str, ...]:
        """Locales the site offers besides the source locale."""
        return tuple(tag for tag in self.site_entry["locales"] if tag != self.source_locale)

    @cached_property
    def blocks(self) -> tuple[Placed, ...]:
        """Every block of every section, in order."""
        return tuple(
            (f"sections/{section['key']}/blocks/{block['key']}", block)
            for section in self.effective.sections
            for block in section["blocks"]
        )

    def blocks_of(self, kind: str) -> tuple[Placed, ...]:
        """Return the blocks of a kind."""
        return tuple(placed for placed in self.blocks if placed[1]["kind"] == kind)

    @cached_property
    def tables(self) -> Mapping[str, Node]:
        """Tables that the policy shows; a table nobody sees says nothing."""
        keys = dict.fromkeys(block["table"] for _, block in self.blocks_of("recipients_table"))
        known = self.effective.tables
        return {key: known[key] for key in keys if key in known}

    @cached_property
    def rows(self) -> tuple[Handling, ...]:
        """Disclosures that the policy shows."""
        return tuple(
            Handling(
                path=f"tables/{key}/rows/{row['key']}",
                facts=row,
                recipient_key=row["recipient"],
                recipient=self.source.entries[f"recipients/{row['recipient']}"],
            )
            for key, table in self.tables.items()
            for row in table["rows"]
        )

    @cached_property
    def items(self) -> tuple[Handling, ...]:
        """What the publisher itself does with data."""
        return tuple(
            Handling(path=f"{address}/items/{item['key']}", facts=item)
            for address, block in self.blocks_of("processing")
            for item in block["items"]
        )

    @property
    def handlings(self) -> tuple[Handling, ...]:
        """The publisher's own processing, then disclosures."""
        return (*self.items, *self.rows)

    @cached_property
    def rights(self) -> tuple[StatedRight, ...]:
        """Rights that the policy names."""
        return tuple(
            StatedRight(
                code=right["right"],
                path=f"{address}/rights/{right['key']}",
                text=right.get("text"),
                alone=len(block["rights"]) == 1,
                contact=block.get("exercise_contact"),
            )
            for address, block in self.blocks_of("rights")
            for right in block["rights"]
        )

    def rights_of(self, code: str) -> tuple[StatedRight, ...]:
        """Return every mention of a right."""
        return tuple(right for right in self.rights if right.code == code)

    @cached_property
    def rights_path(self) -> str:
        """Address where a missing right belongs: the first block of rights, else the policy."""
        placed = self.blocks_of("rights")
        return placed[0][0] if placed else "sections"

    @cached_property
    def contacts(self) -> Mapping[str, Node]:
        """Contacts that the policy shows, by path of their entry."""
        keys: dict[str, None] = {}
        for _, block in self.blocks_of("contacts"):
            keys |= dict.fromkeys(block["contacts"])
        for _, block in self.blocks_of("rights"):
            keys |= dict.fromkeys(
                [block["exercise_contact"]] if "exercise_contact" in block else ()
            )
        for prose in self.prose:
            mentioned = (name.split(".") for name in names(prose.unit.text))
            keys |= {parts[1]: None for parts in mentioned if parts[0] == "contact"}
        paths = (f"contacts/{key}" for key in keys)
        return {path: self.source.entries[path] for path in paths if path in self.source}

    def contacts_as(self, *roles: str) -> Mapping[str, Node]:
        """Return the contacts that the policy shows in some roles."""
        return {path: each for path, each in self.contacts.items() if each["role"] in roles}

    @cached_property
    def values(self) -> Mapping[str, str]:
        """Values of placeholders in the source locale."""
        return placeholder_values(
            self.source,
            self.site,
            variables=self.effective.variables,
            locale=self.source_locale,
            source_locale=self.organization_locale,
        )

    @cached_property
    def prose(self) -> tuple[Prose, ...]:
        """Every text that the policy shows."""
        return tuple(
            Prose(path=path, unit=unit, words=self._words(unit)) for path, unit in self._units()
        )

    def prose_of(self, section: str) -> tuple[Prose, ...]:
        """Return the texts of a section."""
        prefix = f"sections/{section}/"
        return tuple(prose for prose in self.prose if prose.path.startswith(prefix))

    def _units(self) -> Iterator[tuple[str, Unit]]:
        yield "title", Unit(path="title", text=self.effective.entry["title"])
        nodes = [(f"sections/{section['key']}", section) for section in self.effective.sections]
        nodes += [(f"tables/{key}", dict(table)) for key, table in self.tables.items()]
        for address, node in nodes:
            for unit in entry_units(f"policies/{self.effective.policy}/{address}", node):
                yield f"{address}/{unit.path}", unit

    def _words(self, unit: Unit) -> str:
        filled = fill(unit.text, self.values, form=unit.form.value)
        return _plain(filled) if unit.form is TextForm.MARKDOWN else filled

    def term_of(self, category: str) -> str | None:
        """Return the term of a category of data: its own, or what it is closest to."""
        if ":" in category:
            return category
        term: str | None = self.source.entries.get(f"categories/{category}", {}).get("term")
        return term

    def terms_of(self, handling: Handling) -> frozenset[str]:
        """Return the terms of everything in a list of data."""
        found = (self.term_of(category) for category in handling.categories or ())
        return frozenset(term for term in found if term is not None)

    def is_sensitive(self, category: str) -> bool:
        """Tell whether a category is a special one, by its term or by the author's word."""
        own = self.source.entries.get(f"categories/{category}", {})
        return bool(own.get("special")) or is_special(self.term_of(category) or "")

    def category_name(self, category: str) -> str:
        """Return what a category of the organization is called."""
        label = self.source.entries.get(f"categories/{category}", {}).get("label", category)
        if isinstance(label, Mapping):
            return str(label.get(self.organization_locale) or next(iter(label.values())))
        return str(label)
