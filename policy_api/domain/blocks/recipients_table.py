"""A table of recipients: who receives which data, for what and where."""

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
from policy_api.domain.blocks.facts import fact_aspects
from policy_api.domain.content.fields import Key


class RecipientsTableSchema(BlockSchema):
    """The place where a table of the policy is shown."""

    table = Key(required=True)
    """Table of the policy."""


class RecipientsTableKind(BlockKind):
    """A table of recipients."""

    kind = "recipients_table"
    schema = RecipientsTableSchema
    comparison = Comparison(
        texts=("caption",),
        items="rows",
        noun="recipient",
        aspects={
            **fact_aspects("recipient"),
            "role": "recipient.role_changed",
            "locations": "recipient.location_changed",
            "transfer": "recipient.transfer_changed",
            "recipient": "recipient.renamed",
            "recipient.key": "recipient.replaced",
            "recipient.country": "recipient.location_changed",
            "recipient.privacy_policy_url": "recipient.link_changed",
            "recipient.url": "recipient.link_changed",
            "sites": "site.scope_changed",
        },
    )

    def units(self, block: Mapping[str, Any]) -> Iterator[Unit]:  # noqa: ARG002
        """Yield nothing: the texts belong to the table."""
        yield from ()

    def references(self, block: Mapping[str, Any]) -> Iterator[Reference]:
        """Yield the table."""
        yield Reference(pointer="/table", path=f"tables/{block['table']}")

    def compose(self, block: Block, scene: Scene) -> Block:
        """Return the table with its rows."""
        return {"table": block["table"], **scene.table(block["table"])}
