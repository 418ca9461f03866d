"""The changelog as Atom and as JSON Feed."""

from __future__ import annotations

from typing import Any, Final

from flask import Response

from policy_api.domain.changes.types import Significance
from policy_api.domain.rendering import feeds as rendering
from policy_api.reading import feeds
from policy_api.reading.feeds import Part
from policy_api.reading.histories import shelf
from policy_api.reading.parameters import FeedQuery
from policy_api.reading.representations import Representation, as_json
from policy_api.reading.twins import of_site
from policy_api.reading.visit import arrive
from policy_api.web.api import Blueprint
from policy_api.web.tags import tags

ATOM: Final = "application/atom+xml"
JSON_FEED: Final = "application/feed+json"

blp = Blueprint("feeds", __name__, description="What changed, for feed readers.")


@of_site(blp, "/policies/<key:policy>/feed.atom")
@blp.arguments(FeedQuery, location="query")
@blp.response(200, {"type": "string"}, content_type=ATOM)
def get_atom_feed(query: dict[str, Any], *, site: str, policy: str) -> Response:
    """Return the changelog as Atom, with links to archives of older entries."""
    visit = arrive(query)
    found = shelf(visit, site=site, policy=policy)
    feed = feeds.feed(found, _part("feed.atom", query))
    body = rendering.atom(feed).encode()
    made = Representation(body=body, media_type=ATOM, headers=_links(feed))
    return visit.answer(made, tags=tags(site, policy), language=found.language)


@of_site(blp, "/policies/<key:policy>/feed.json")
@blp.arguments(FeedQuery, location="query")
@blp.response(200, {"type": "object"}, content_type=JSON_FEED)
def get_json_feed(query: dict[str, Any], *, site: str, policy: str) -> Response:
    """Return the changelog as JSON Feed 1.1."""
    visit = arrive(query)
    found = shelf(visit, site=site, policy=policy)
    feed = feeds.feed(found, _part("feed.json", query))
    body = as_json(rendering.json_feed(feed)).body
    made = Representation(body=body, media_type=JSON_FEED, headers=_links(feed))
    return visit.answer(made, tags=tags(site, policy), language=found.language)


def _part(name: str, query: dict[str, Any]) -> Part:
    least = Significance(query["min_significance"])
    return Part(name, before=query.get("before"), least=least)


def _links(feed: rendering.Feed) -> dict[str, str]:
    """Return what a subscriber of WebSub looks for: the hub, and the name of the feed there."""
    if not feed.hub:
        return {}
    return {"Link": f'<{feed.hub}>; rel="hub", <{feed.base_url}{feed.self_href}>; rel="self"'}
