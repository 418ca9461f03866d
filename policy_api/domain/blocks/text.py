"""Running text."""

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
    TextForm,
    Unit,
)
from policy_api.domain.content.fields import Markdown


class TextSchema(BlockSchema):
    """A passage of Markdown."""

    markdown = Markdown(required=True)
    """The passage; translated."""


class TextKind(BlockKind):
    """Running text."""

    kind = "text"
    schema = TextSchema
    comparison = Comparison(texts=("markdown",))

    def units(self, block: Mapping[str, Any]) -> Iterator[Unit]:
        """Yield the passage."""
        yield Unit(path="markdown", text=block["markdown"], form=TextForm.MARKDOWN)

    def references(self, block: Mapping[str, Any]) -> Iterator[Reference]:  # noqa: ARG002
        """Yield nothing: words mention others by placeholder only."""
        yield from ()

    def compose(self, block: Block, scene: Scene) -> Block:
        """Return the passage as Markdown and as HTML."""
        return {"markdown": block["markdown"], "html": scene.html(block["markdown"])}
