"""The edition in force: whole, as a page, and in parts."""

from __future__ import annotations

from typing import Any

from flask import Response

from policy_api.domain.rendering.csv import recipients_csv
from policy_api.reading import editions
from policy_api.reading.parameters import EditionQuery, PageQuery
from policy_api.reading.representations import (
    CSV,
    JSON_LD,
    MARKDOWN,
    Representation,
    as_json,
)
from policy_api.reading.schemas import EditionOut, SectionPartOut, TablePartOut
from policy_api.reading.twins import of_site
from policy_api.reading.views.answering import (
    JSON_GRAPH,
    MARKDOWN_TEXT,
    edition_answer,
    form_answer,
    page_answer,
)
from policy_api.reading.visit import arrive
from policy_api.web.api import Blueprint

blp = Blueprint("editions", __name__, description="What is in force.")


@of_site(blp, "/policies/<key:policy>")
@blp.arguments(EditionQuery, location="query")
@blp.response(200, EditionOut)
def get_policy(query: dict[str, Any], *, site: str, policy: str) -> Response:
    """Return the edition in force."""
    visit = arrive(query)
    found = editions.in_force(visit, site=site, policy=policy, query=query)
    return edition_answer(visit, found, as_json(found.document))


@of_site(blp, "/policies/<key:policy>.<any(json,md,jsonld):form>")
@blp.arguments(EditionQuery, location="query")
@blp.response(200, EditionOut)
@blp.alt_response(200, schema=MARKDOWN_TEXT, content_type=MARKDOWN, success=True)
@blp.alt_response(200, schema=JSON_GRAPH, content_type=JSON_LD, success=True)
def get_policy_as(query: dict[str, Any], *, site: str, policy: str, form: str) -> Response:
    """Return the edition in force as JSON, Markdown or JSON-LD."""
    visit = arrive(query)
    found = editions.in_force(visit, site=site, policy=policy, query=query)
    return form_answer(visit, found, form)


@of_site(blp, "/policies/<key:policy>.html")
@blp.arguments(PageQuery, location="query")
@blp.response(200, {"type": "string"}, content_type="text/html")
def get_policy_page(query: dict[str, Any], *, site: str, policy: str) -> Response:
    """Return the edition in force as an HTML page. Unknown parameters are ignored."""
    visit = arrive(query)
    found = editions.in_force(visit, site=site, policy=policy, query=query)
    return page_answer(visit, found, query)


@of_site(blp, "/policies/<key:policy>/sections/<key:section>")
@blp.arguments(EditionQuery, location="query")
@blp.response(200, SectionPartOut)
def get_section(query: dict[str, Any], *, site: str, policy: str, section: str) -> Response:
    """Return one section of the edition in force."""
    visit = arrive(query)
    found = editions.in_force(visit, site=site, policy=policy, query=query)
    return edition_answer(visit, found, as_json(found.section(section)))


@of_site(blp, "/policies/<key:policy>/tables/<key:table>")
@blp.arguments(EditionQuery, location="query")
@blp.response(200, TablePartOut)
def get_table(query: dict[str, Any], *, site: str, policy: str, table: str) -> Response:
    """Return one recipient table of the edition in force."""
    visit = arrive(query)
    found = editions.in_force(visit, site=site, policy=policy, query=query)
    return edition_answer(visit, found, as_json(found.table(table)))


@of_site(blp, "/policies/<key:policy>/tables/<key:table>.csv")
@blp.arguments(EditionQuery, location="query")
@blp.response(200, {"type": "string"}, content_type="text/csv")
def get_table_as_csv(query: dict[str, Any], *, site: str, policy: str, table: str) -> Response:
    """Return one recipient table as comma-separated values."""
    visit = arrive(query)
    found = editions.in_force(visit, site=site, policy=policy, query=query)
    text = recipients_csv(found.table(table)["table"], locale=found.document["locale"])
    return edition_answer(visit, found, Representation(body=text.encode(), media_type=CSV))
