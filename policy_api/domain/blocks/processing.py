"""What the publisher itself does with data."""

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
from policy_api.domain.blocks.facts import (
    FactsSchema,
    category_references,
    composed_facts,
    fact_aspects,
)
from policy_api.domain.content.fields import Key, Line
from policy_api.domain.content.limits import ITEMS
from policy_api.domain.content.list_fields import Several

TEXTS = ("label", "purpose", "legitimate_interest", "retention", "required")


class ItemSchema(FactsSchema):
    """One thing that is done with data."""

    key = Key(required=True)
    """Name of the item; never used again for another one."""

    label = Line(required=True)
    """What is done; translated."""

    purpose = Line(required=True)
    """Why; translated."""

    class Meta(FactsSchema.Meta):
        fields = ("key", "label", *FactsSchema._declared_fields)  # noqa: SLF001 -- their order


class ProcessingSchema(BlockSchema):
    """A list of such things."""

    items = Several(fields.Nested(ItemSchema), most=ITEMS, fewest=1, required=True)
    """What is done with data, in order."""


class ProcessingKind(BlockKind):
    """What the publisher itself does with data."""

    kind = "processing"
    schema = ProcessingSchema
    comparison = Comparison(
        items="items",
        noun="processing",
        aspects={"label": "processing.renamed", **fact_aspects("processing")},
    )

    def units(self, block: Mapping[str, Any]) -> Iterator[Unit]:
        """Yield the texts of every item."""
        for item in block["items"]:
            for name in TEXTS:
                if name in item:
                    yield Unit(path=f"items/{item['key']}/{name}", text=item[name])

    def references(self, block: Mapping[str, Any]) -> Iterator[Reference]:
        """Yield the categories of data."""
        for index, item in enumerate(block["items"]):
            yield from category_references(item, f"/items/{index}")

    def compose(self, block: Block, scene: Scene) -> Block:
        """Return the items with labels for their codes."""
        return {
            "items": [
                {"key": item["key"], "label": item["label"], **composed_facts(item, scene)}
                for item in block["items"]
            ]
        }
