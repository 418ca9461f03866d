"""The sites that a policy covers."""

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
from policy_api.domain.content.list_fields import EVERY_SITE, SiteChoice


class SiteListSchema(BlockSchema):
    """Every site, or some."""

    sites = SiteChoice(required=True)
    """Sites that are named."""


class SiteListKind(BlockKind):
    """The sites that a policy covers."""

    kind = "site_list"
    schema = SiteListSchema
    comparison = Comparison(
        items="sites",
        noun="site",
        aspects=dict.fromkeys(("name", "hosts"), "site.scope_changed"),
        added="site.scope_changed",
        removed="site.scope_changed",
        whole="site.scope_changed",
    )

    def units(self, block: Mapping[str, Any]) -> Iterator[Unit]:  # noqa: ARG002
        """Yield nothing: names of sites are no prose."""
        yield from ()

    def references(self, block: Mapping[str, Any]) -> Iterator[Reference]:
        """Yield the sites that are named."""
        chosen = block["sites"]
        for index, key in enumerate(() if chosen == EVERY_SITE else chosen):
            yield Reference(pointer=f"/sites/{index}", path=f"sites/{key}")

    def compose(self, block: Block, scene: Scene) -> Block:
        """Return the sites with their hosts."""
        return {"sites": scene.sites(block["sites"])}
