"""Under which terms others may use the text of the policy."""

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


class LicenseSchema(BlockSchema):
    """The place where the license is shown, with words about it."""

    markdown = Markdown()
    """Words about the license; translated."""


class LicenseKind(BlockKind):
    """The license of the text."""

    kind = "license"
    schema = LicenseSchema
    comparison = Comparison(whole="license.changed")

    def units(self, block: Mapping[str, Any]) -> Iterator[Unit]:
        """Yield the words about the license."""
        if "markdown" in block:
            yield Unit(path="markdown", text=block["markdown"], form=TextForm.MARKDOWN)

    def references(self, block: Mapping[str, Any]) -> Iterator[Reference]:  # noqa: ARG002
        """Yield nothing: the license belongs to the policy itself."""
        yield from ()

    def compose(self, block: Block, scene: Scene) -> Block:
        """Return the policy's license and the words."""
        written = block.get("markdown")
        return {
            "license": scene.license(),
            "markdown": written,
            "html": None if written is None else scene.html(written),
        }
