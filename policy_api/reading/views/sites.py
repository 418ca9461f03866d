"""Sites: which there are, which one a host belongs to, and which policies they have."""

from __future__ import annotations

from typing import Any

from flask import Response

from policy_api.reading import sites
from policy_api.reading.parameters import LocaleQuery, ResolveQuery, SitesQuery
from policy_api.reading.representations import as_json
from policy_api.reading.schemas import PoliciesOut, ResolvedOut, SiteOut, SitesOut
from policy_api.reading.twins import BY_KEY, described, of_site
from policy_api.reading.visit import arrive
from policy_api.web.api import Blueprint
from policy_api.web.tags import SITES, tags

blp = Blueprint("sites", __name__, description="Sites and their policies.")


@blp.get("/v1/sites")
@blp.arguments(SitesQuery, location="query")
@blp.response(200, SitesOut)
def list_sites(query: dict[str, Any]) -> Response:
    """List the sites by key."""
    visit = arrive(query)
    document, language = sites.sites(visit, query=query)
    return visit.answer(as_json(document), tags=(SITES,), language=language)


@blp.get(BY_KEY, parameters=described(BY_KEY))
@blp.arguments(LocaleQuery, location="query")
@blp.response(200, SiteOut)
def get_site(query: dict[str, Any], *, site: str) -> Response:
    """Return a site."""
    visit = arrive(query)
    document, language = sites.site(visit, site)
    return visit.answer(as_json(document), tags=tags(site), language=language)


@blp.get("/v1/resolve")
@blp.arguments(ResolveQuery, location="query")
@blp.response(200, ResolvedOut)
def resolve_host(query: dict[str, Any]) -> Response:
    """Return the site a host belongs to."""
    visit = arrive()
    document = sites.resolved(visit, query["host"])
    return visit.answer(as_json(document), tags=(SITES,))


@of_site(blp, "/policies")
@blp.arguments(LocaleQuery, location="query")
@blp.response(200, PoliciesOut)
def list_policies(query: dict[str, Any], *, site: str) -> Response:
    """List the policies of a site with the version in force."""
    visit = arrive(query)
    document, language = sites.policies(visit, site)
    return visit.answer(as_json(document), tags=tags(site), language=language)
