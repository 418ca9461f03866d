"""Answers that more than one kind of view gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Response

from policy_api.reading.editions import FoundEdition
from policy_api.reading.histories import Told
from policy_api.reading.pages import as_page, newest, page_view, without_withdrawn
from policy_api.reading.representations import (
    Representation,
    as_json,
    as_json_ld,
    as_markdown,
)
from policy_api.reading.views.assets import STYLESHEET_PATH
from policy_api.reading.visit import Visit
from policy_api.web.conditional import Lifetime
from policy_api.web.state import state
from policy_api.web.tags import tags

MARKDOWN_TEXT: Final = {"type": "string"}
JSON_GRAPH: Final = {"type": "object"}
"""How the other forms of an edition are described."""


def edition_answer(
    visit: Visit,
    found: FoundEdition,
    made: Representation,
    *,
    lifetime: Lifetime | None = None,
) -> Response:
    """Return a representation of an edition, or of a part of it."""
    return visit.answer(
        made,
        tags=tags(
            found.version.site,
            found.version.policy,
            immutable=lifetime is not None and lifetime.immutable,
        ),
        language=found.language,
        lifetime=lifetime,
        modified=found.version.published_at if lifetime and lifetime.immutable else None,
    )


def form_answer(
    visit: Visit, found: FoundEdition, form: str, *, lifetime: Lifetime | None = None
) -> Response:
    """Return an edition in the form that the suffix of an address names."""
    if form == "json":
        made = as_json(found.document)
    elif form == "jsonld":
        made = as_json_ld(found.document, base_url=state().settings.origin)
    else:
        told = newest(visit.session, found.version, found.teller(visit.now))
        made = as_markdown(found.document, changelog=without_withdrawn(told))
    return edition_answer(visit, found, made, lifetime=lifetime)


def page_answer(visit: Visit, found: FoundEdition, query: Mapping[str, Any]) -> Response:
    """Return an edition as a page."""
    view = page_view(
        visit.session,
        found.document,
        version=found.version,
        address=found.address,
        teller=found.teller(visit.now),
        stylesheet=f"{visit.mount_path}{STYLESHEET_PATH}",
    )
    is_fragment = query.get("fragment") == "1"
    return edition_answer(visit, found, as_page(found.document, view=view, is_fragment=is_fragment))


def told_answer(visit: Visit, told: Told, *, site: str, policy: str) -> Response:
    """Return a document about versions."""
    return visit.answer(as_json(told.document), tags=tags(site, policy), language=told.language)


def version_lifetime(named: str) -> Lifetime | None:
    """Return how long an edition may be kept that was asked for by the name of its version."""
    return Lifetime(immutable=True) if named.isdecimal() else None
