"""The forms an edition is served in, each made from the same document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import orjson

from policy_api.domain.rendering.json_ld import json_ld
from policy_api.domain.rendering.plain import markdown_document
from policy_api.reading.documents import Document
from policy_api.web.conditional import JSON

JSON_LD: Final = "application/ld+json"
MARKDOWN: Final = "text/markdown"
CSV: Final = "text/csv"
JWK_SET: Final = "application/jwk-set+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """Finished bytes and what they are."""

    body: bytes
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


def as_json(document: Mapping[str, object]) -> Representation:
    """Return a document as JSON, members in their order."""
    return Representation(body=orjson.dumps(document), media_type=JSON)


def as_markdown(edition: Document, changelog: Sequence[Document] = ()) -> Representation:
    """Return an edition as one Markdown text.

    :param changelog: Newest entries, for a block that shows them.
    """
    text = markdown_document(edition, changelog=changelog)
    return Representation(body=text.encode(), media_type=MARKDOWN)


def as_json_ld(edition: Document, *, base_url: str = "") -> Representation:
    """Return an edition as linked data.

    :param base_url: Scheme and host to put before addresses; without it there are none.
    """
    graph = json_ld(edition, base_url=base_url)
    return Representation(body=orjson.dumps(graph), media_type=JSON_LD)
