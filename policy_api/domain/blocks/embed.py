"""An interactive control of a site, such as an opt-out switch, with a text for everybody else."""

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
from policy_api.domain.content.fields import Key, Line, Markdown, Whole
from policy_api.domain.content.limits import EMBED_HEIGHT
from policy_api.domain.content.links import https_url
from policy_api.domain.content.web_fields import UrlTemplate
from policy_api.errors import BadInput, Problem


class EmbedSchema(BlockSchema):
    """A control by its provider and address."""

    provider = Key(required=True)
    """What provides the control, so that a frontend knows it: `matomo-opt-out`."""

    url = UrlTemplate(required=True)
    """Address of the control; placeholders may stand in it."""

    title = Line(required=True)
    """What the control is, for those who cannot see it; translated."""

    fallback = Markdown(required=True)
    """Text for everybody who cannot use the control; translated."""

    height = Whole(1, EMBED_HEIGHT)
    """Height in pixels."""


class EmbedKind(BlockKind):
    """An interactive control."""

    kind = "embed"
    schema = EmbedSchema
    comparison = Comparison(texts=("title", "fallback.markdown"))

    def units(self, block: Mapping[str, Any]) -> Iterator[Unit]:
        """Yield the title and the text."""
        yield Unit(path="title", text=block["title"])
        yield Unit(path="fallback", text=block["fallback"], form=TextForm.MARKDOWN)

    def references(self, block: Mapping[str, Any]) -> Iterator[Reference]:  # noqa: ARG002
        """Yield nothing: the provider is no entry."""
        yield from ()

    def compose(self, block: Block, scene: Scene) -> Block:
        """Return the control.

        :raises BadInput: If its address has no value on this site.
        """
        url = scene.url(block["url"])
        if https_url(url) is None:
            detail = f"The address of the control “{block['key']}” does not come out as one: {url}"
            expected = "a value for its placeholder, on the site or on its base"
            raise BadInput(problems=[Problem(detail, expected=expected)])
        return {
            "provider": block["provider"],
            "url": url,
            "title": block["title"],
            "height": block.get("height"),
            "fallback": {"markdown": block["fallback"], "html": scene.html(block["fallback"])},
        }
