"""What changed: changelog, differences, what a reader missed, translations."""

from __future__ import annotations

from typing import Any

from flask import Response

from policy_api.reading import differences, histories
from policy_api.reading.parameters import DiffQuery, StatusQuery, VersionsQuery
from policy_api.reading.representations import as_json
from policy_api.reading.schemas import ChangelogOut, DiffOut, StatusOut, TranslationsOut
from policy_api.reading.twins import of_site
from policy_api.reading.views.answering import told_answer
from policy_api.reading.visit import arrive
from policy_api.web.api import Blueprint
from policy_api.web.schemas import NoQuery
from policy_api.web.tags import tags

blp = Blueprint("changes", __name__, description="What changed.")


@of_site(blp, "/policies/<key:policy>/changelog")
@blp.arguments(VersionsQuery, location="query")
@blp.response(200, ChangelogOut)
def get_changelog(query: dict[str, Any], *, site: str, policy: str) -> Response:
    """List what changed in each version, newest first."""
    visit = arrive(query)
    told = histories.changelog(visit, site=site, policy=policy, query=query)
    return told_answer(visit, told, site=site, policy=policy)


@of_site(blp, "/policies/<key:policy>/diff")
@blp.arguments(DiffQuery, location="query")
@blp.response(200, DiffOut)
def get_diff(query: dict[str, Any], *, site: str, policy: str) -> Response:
    """Return the differences between two versions, down to the word."""
    visit = arrive(query)
    told = differences.difference(
        visit, site=site, policy=policy, before=query["before"], after=query["after"]
    )
    return told_answer(visit, told, site=site, policy=policy)


@of_site(blp, "/policies/<key:policy>/status")
@blp.arguments(StatusQuery, location="query")
@blp.response(200, StatusOut)
def get_status(query: dict[str, Any], *, site: str, policy: str) -> Response:
    """Return what came into force since the version a reader has seen."""
    visit = arrive(query)
    told = histories.status(visit, site=site, policy=policy, seen=query["seen"])
    return told_answer(visit, told, site=site, policy=policy)


@of_site(blp, "/policies/<key:policy>/translations")
@blp.arguments(NoQuery, location="query")
@blp.response(200, TranslationsOut)
def list_translations(_query: dict[str, Any], *, site: str, policy: str) -> Response:
    """List the languages of the version in force and how complete each one is."""
    visit = arrive()
    document = histories.translations(visit, site=site, policy=policy)
    return visit.answer(as_json(document), tags=tags(site, policy))
