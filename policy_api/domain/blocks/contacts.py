"""Ways to reach the organization and those who act for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policy_api.domain.blocks.base import (
    Block,
    BlockKind,
    BlockSchema,
    Comparison,
    Reference,
    Scene,
    Unit,
)
from policy_api.domain.content.fields import Key
from policy_api.domain.content.limits import ITEMS
from policy_api.domain.content.list_fields import Several

_FIELDS = ("role", "name", "represented_by", "email", "url", "phone", "address", "external")


class ContactsSchema(BlockSchema):
    """A choice of the organization's contacts."""

    contacts = Several(Key(), most=ITEMS, fewest=1, required=True)
    """Contacts in order."""


class ContactsKind(BlockKind):
    """Ways to reach somebody."""

    kind = "contacts"
    schema = ContactsSchema
    comparison = Comparison(
        items="contacts",
        noun="contact",
        aspects=dict.fromkeys(_FIELDS, "contact.changed"),
        added="contact.changed",
        removed="contact.changed",
        whole="contact.changed",
    )

    def units(self, block: Mapping[str, Any]) -> Iterator[Unit]:  # noqa: ARG002
        """Yield nothing: contacts are facts."""
        yield from ()

    def references(self, block: Mapping[str, Any]) -> Iterator[Reference]:
        """Yield the contacts."""
        for index, key in enumerate(block["contacts"]):
            yield Reference(pointer=f"/contacts/{index}", path=f"contacts/{key}")

    def compose(self, block: Block, scene: Scene) -> Block:
        """Return each contact with its role."""
        return {"contacts": [scene.contact(key) for key in block["contacts"]]}
