"""The latest changes of the policy itself; whoever shows the page fills them in."""

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
from policy_api.domain.content.fields import Whole
from policy_api.domain.content.limits import CHANGELOG_ENTRIES

USUAL_LIMIT = 5


class ChangelogSchema(BlockSchema):
    """How many changes are shown."""

    limit = Whole(1, CHANGELOG_ENTRIES)
    """Number of changes that are shown. Absent: 5."""


class ChangelogKind(BlockKind):
    """The latest changes."""

    kind = "changelog"
    schema = ChangelogSchema
    comparison = Comparison()

    def units(self, block: Mapping[str, Any]) -> Iterator[Unit]:  # noqa: ARG002
        """Yield nothing: each release brings its own words."""
        yield from ()

    def references(self, block: Mapping[str, Any]) -> Iterator[Reference]:  # noqa: ARG002
        """Yield nothing."""
        yield from ()

    def compose(self, block: Block, scene: Scene) -> Block:  # noqa: ARG002
        """Return the limit; an edition cannot know the versions after it."""
        return {"limit": block.get("limit", USUAL_LIMIT)}
