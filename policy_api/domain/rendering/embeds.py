"""Embedded controls: who may be framed, and the door in front of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from policy_api.domain.rendering.environment import ENVIRONMENT
from policy_api.domain.rendering.urls import https_origin
from policy_api.domain.rendering.words import Words


def frame_origins(edition: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the origins of embedded controls, which the page's ``frame-src`` must allow."""
    found = (
        https_origin(block.get("url"))
        for section in edition["sections"]
        for block in section["blocks"]
        if block["kind"] == "embed"
    )
    return tuple(sorted({origin for origin in found if origin is not None}))


def door(block: Mapping[str, Any], *, edition: Mapping[str, Any], view: object) -> str:
    """Return the document a frame starts with: one link that leads to the control.

    Reading a privacy policy must not connect anybody to a third party, and without scripts this
    is the only way that holds in every browser: a frame that loads lazily, or lies in a closed
    ``details``, is fetched by some of them at once.
    """
    host = urlsplit(str(block["url"])).hostname
    template = ENVIRONMENT.get_template("door.html")
    return template.render(
        block=block, edition=edition, view=view, host=host, w=Words(edition["locale"])
    )
