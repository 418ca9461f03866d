"""A passage that stands out: an information, a promise, a warning."""

from __future__ import annotations

from policy_api.domain.blocks.base import Block, Comparison, Scene
from policy_api.domain.blocks.text import TextKind, TextSchema
from policy_api.domain.content.fields import Word

TONES = ("info", "promise", "warning")


class NoticeSchema(TextSchema):
    """A passage with a tone."""

    tone = Word(TONES, required=True)
    """How it stands out."""


class NoticeKind(TextKind):
    """A passage that stands out."""

    kind = "notice"
    schema = NoticeSchema
    comparison = Comparison(texts=("markdown",))

    def compose(self, block: Block, scene: Scene) -> Block:
        """Return the tone and the passage."""
        return {"tone": block["tone"], **super().compose(block, scene)}
