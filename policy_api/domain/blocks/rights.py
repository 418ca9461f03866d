"""The rights of the reader, and how to use them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import fields

from policy_api.domain.blocks.base import (
    Block,
    BlockKind,
    BlockSchema,
    Comparison,
    Reference,
    Scene,
    Unit,
)
from policy_api.domain.content.fields import Code, Flag, Key, Line
from policy_api.domain.content.limits import ITEMS
from policy_api.domain.content.list_fields import Several
from policy_api.domain.content.schema import ContentSchema
from policy_api.domain.content.vocabulary import Scheme


class RightSchema(ContentSchema):
    """One right."""

    key = Key(required=True)
    """Name of the right in this block."""

    right = Code(Scheme.RIGHT, required=True)
    """The right; readers see it in their language."""

    text = Line()
    """What it means here; translated."""


class RightsSchema(BlockSchema):
    """A list of rights."""

    rights = Several(fields.Nested(RightSchema), most=ITEMS, fewest=1, required=True)
    """Rights in order."""

    exercise_contact = Key()
    """Who answers."""

    automated_decisions = Flag()
    """Whether decisions are made by machines alone (Art. 22 GDPR)."""


class RightsKind(BlockKind):
    """The rights of the reader."""

    kind = "rights"
    schema = RightsSchema
    comparison = Comparison(
        items="rights",
        noun="right",
        aspects={"text": "section.changed", "code": "right.removed"},
    )

    def units(self, block: Mapping[str, Any]) -> Iterator[Unit]:
        """Yield what is said about each right."""
        for right in block["rights"]:
            if "text" in right:
                yield Unit(path=f"rights/{right['key']}/text", text=right["text"])

    def references(self, block: Mapping[str, Any]) -> Iterator[Reference]:
        """Yield the contact that answers."""
        if "exercise_contact" in block:
            yield Reference(
                pointer="/exercise_contact", path=f"contacts/{block['exercise_contact']}"
            )

    def compose(self, block: Block, scene: Scene) -> Block:
        """Return the rights with their labels."""
        contact = block.get("exercise_contact")
        return {
            "rights": [
                {
                    "key": right["key"],
                    **(scene.coded(right["right"]) or {}),
                    "text": right.get("text"),
                }
                for right in block["rights"]
            ],
            "exercise_contact": None if contact is None else scene.contact(contact),
            "automated_decisions": block.get("automated_decisions"),
        }
