"""Versions by number: their editions, the list of them, and the proof."""

from __future__ import annotations

from typing import Any

from flask import Response

from policy_api.reading import editions, histories, proofs
from policy_api.reading.parameters import (
    ProofQuery,
    VersionPageQuery,
    VersionQuery,
    VersionsQuery,
)
from policy_api.reading.representations import JSON_LD, MARKDOWN, as_json
from policy_api.reading.schemas import EditionOut, ProofOut, VersionsOut
from policy_api.reading.twins import of_site
from policy_api.reading.views.answering import (
    JSON_GRAPH,
    MARKDOWN_TEXT,
    edition_answer,
    form_answer,
    page_answer,
    told_answer,
    version_lifetime,
)
from policy_api.reading.visit import arrive
from policy_api.web.api import Blueprint
from policy_api.web.tags import CHAIN, tags

blp = Blueprint("versions", __name__, description="What was and what will be in force.")


@of_site(blp, "/policies/<key:policy>/versions")
@blp.arguments(VersionsQuery, location="query")
@blp.response(200, VersionsOut)
def list_versions(query: dict[str, Any], *, site: str, policy: str) -> Response:
    """List the versions of a policy, newest first."""
    visit = arrive(query)
    told = histories.versions(visit, site=site, policy=policy, query=query)
    return told_answer(visit, told, site=site, policy=policy)


@of_site(blp, "/policies/<key:policy>/versions/<version:version>")
@blp.arguments(VersionQuery, location="query")
@blp.response(200, EditionOut)
def get_version(query: dict[str, Any], *, site: str, policy: str, version: str) -> Response:
    """Return the edition of a version, which by its number never changes.

    Under its number, `status`, `superseded_at` and `upcoming` are null: the list of versions
    tells how a version stands.
    """
    visit = arrive(query)
    lifetime = version_lifetime(version)
    found = editions.of_version(
        visit,
        site=site,
        policy=policy,
        named=version,
        query=query,
        is_timeless=lifetime is not None,
    )
    return edition_answer(visit, found, as_json(found.document), lifetime=lifetime)


@of_site(blp, "/policies/<key:policy>/versions/<version:version>.<any(json,md,jsonld):form>")
@blp.arguments(VersionQuery, location="query")
@blp.response(200, EditionOut)
@blp.alt_response(200, schema=MARKDOWN_TEXT, content_type=MARKDOWN, success=True)
@blp.alt_response(200, schema=JSON_GRAPH, content_type=JSON_LD, success=True)
def get_version_as(
    query: dict[str, Any], *, site: str, policy: str, version: str, form: str
) -> Response:
    """Return the edition of a version as JSON, Markdown or JSON-LD."""
    visit = arrive(query)
    lifetime = version_lifetime(version) if form == "json" else None
    found = editions.of_version(
        visit,
        site=site,
        policy=policy,
        named=version,
        query=query,
        is_timeless=lifetime is not None,
    )
    return form_answer(visit, found, form, lifetime=lifetime)


@of_site(blp, "/policies/<key:policy>/versions/<version:version>.html")
@blp.arguments(VersionPageQuery, location="query")
@blp.response(200, {"type": "string"}, content_type="text/html")
def get_version_page(query: dict[str, Any], *, site: str, policy: str, version: str) -> Response:
    """Return the edition of a version as an HTML page. Unknown parameters are ignored."""
    visit = arrive(query)
    found = editions.of_version(
        visit, site=site, policy=policy, named=version, query=query, is_timeless=False
    )
    return page_answer(visit, found, query)


@of_site(blp, "/policies/<key:policy>/versions/<version:version>/proof")
@blp.arguments(ProofQuery, location="query")
@blp.response(200, ProofOut)
def get_proof(query: dict[str, Any], *, site: str, policy: str, version: str) -> Response:
    """Return what proves a version: the signed release and its place in the chain."""
    visit = arrive()
    document = proofs.proof(visit, site=site, policy=policy, named=version, query=query)
    return visit.answer(as_json(document), tags=(*tags(site, policy), CHAIN))
