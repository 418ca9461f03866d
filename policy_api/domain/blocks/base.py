"""What a block kind is: schema, units, references, edition form and how it is compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from policy_api.domain.content.fields import ContentText, Flag, Key
from policy_api.domain.content.schema import ContentSchema
from policy_api.registry import Registry

Block = dict[str, Any]
"""One block as JSON, in source form or in edition form."""


class TextForm(StrEnum):
    """How a text is written, and so how a value is escaped inside it."""

    LINE = "line"
    MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One translatable field."""

    path: str
    """Address relative to its owner, list members by their key: ``items/usage/purpose``."""

    text: str
    form: TextForm = TextForm.LINE


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A mention of another entry of the source."""

    pointer: str
    """RFC 6901 pointer inside the block, such as ``/contacts/0``."""

    path: str
    """Path of the entry it needs: ``contacts/dpo``; a table as ``tables/{key}``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How two states of an edition's block become typed changes."""

    texts: tuple[str, ...] = ()
    """Dotted fields that hold Markdown or prose; a difference is ``section.changed``."""

    items: str | None = None
    """Name of the list whose members are compared by key."""

    item_key: str = "key"

    noun: str = "section"
    """First half of the change types of members: ``recipient`` gives ``recipient.added``."""

    aspects: Mapping[str, str] = field(default_factory=dict)
    """Field of a member → change type of a difference in it."""

    added: str | None = None
    """Change type of a new member, where it is not ``{noun}.added``."""

    removed: str | None = None
    """Change type of a lost member, where it is not ``{noun}.removed``."""

    whole: str = "section.changed"
    """Change type of any other difference in the block."""


class Scene(Protocol):
    """What a block may ask while it is composed for one site and locale."""

    @property
    def locale(self) -> str:
        """Locale of codes and labels: always the requested one, also in a fallback section."""
        ...

    def coded(self, code: str | None) -> dict[str, str] | None:
        """Return ``{"code", "label"}`` of a CURIE, or None for None."""
        ...

    def word(self, text: str) -> str:
        """Return one of the program's words in the locale."""
        ...

    def name(self, value: object) -> str | None:
        """Return an ``LText`` in the locale, else in the source locale."""
        ...

    def categories(self, keys: Iterable[str] | None) -> list[dict[str, Any]] | None:
        """Return data categories as ``{"key", "code", "label"}``; None stays None."""
        ...

    def period(self, iso: str | None) -> dict[str, str] | None:
        """Return ``{"iso", "label"}`` of an ISO 8601 period, or None."""
        ...

    def contact(self, key: str) -> dict[str, Any]:
        """Return a contact in edition form."""
        ...

    def recipient(self, key: str) -> dict[str, Any]:
        """Return a recipient in edition form."""
        ...

    def table(self, key: str) -> dict[str, Any]:
        """Return ``{"caption", "columns", "rows"}`` of a table in edition form."""
        ...

    def sites(self, chosen: str | list[str]) -> list[dict[str, Any]]:
        """Return sites as ``{"key", "name", "hosts"}``; ``"*"`` is every site of the policy."""
        ...

    def license(self) -> dict[str, Any] | None:
        """Return the policy's license, or None if none is stated."""
        ...

    def url(self, template: str) -> str:
        """Return an address with its placeholders filled and percent-encoded.

        Texts come to ``compose`` already filled; an address is no text, so it is filled here.
        """
        ...

    def html(self, markdown: str) -> str:
        """Return sanitized HTML of a Markdown text."""
        ...


class BlockSchema(ContentSchema):
    """Fields that every block has."""

    key = Key(required=True)
    """Name of the block in its section; never used again for another one."""

    kind = ContentText(required=True)
    """Kind of the block."""

    locked = Flag()
    """Whether sites may not override it."""


class BlockKind(Protocol):
    """A kind of block. Built-in kinds and plugins look the same."""

    kind: ClassVar[str]
    schema: ClassVar[type[BlockSchema]]
    comparison: ClassVar[Comparison]

    def units(self, block: Mapping[str, Any]) -> Iterator[Unit]:
        """Yield the translatable fields of a block in source form."""
        ...

    def references(self, block: Mapping[str, Any]) -> Iterator[Reference]:
        """Yield the entries that a block in source form mentions."""
        ...

    def compose(self, block: Block, scene: Scene) -> Block:
        """Return the edition form of a block that is already in one locale.

        ``key``, ``kind`` and ``origin`` are added by the caller.
        """
        ...


BLOCK_KINDS: Registry[BlockKind] = Registry("block kind")
"""All kinds by name; filled by ``register_builtin_kinds`` and by plugins, then frozen."""
