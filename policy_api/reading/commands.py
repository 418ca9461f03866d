"""Commands of reading: what is published, for which site, in which state."""

from __future__ import annotations

from typing import Any

import click

from policy_api import clock
from policy_api.console import AppCommand, emit, json_option, table
from policy_api.db.base import db
from policy_api.domain.languages import lookup
from policy_api.domain.proof.canonical import instant_text
from policy_api.domain.rendering.plain import markdown_document
from policy_api.domain.variants.values import localized
from policy_api.errors import NotFound
from policy_api.ledger import queries
from policy_api.ledger.rows import VersionRow

MANY = 10_000


@click.command("sites", cls=AppCommand)
@json_option
def sites_command(*, as_json: bool) -> None:
    """List the published sites with their hosts, locales and policies."""
    directory = queries.directory(db.session(), at=clock.now())
    rows = [{"key": key, **site.to_json()} for key, site in sorted(directory.sites.items())]
    columns = ("key", "hosts", "base", "locales", "policies")
    emit(rows, table(rows, columns), as_json=as_json)


@click.command("versions", cls=AppCommand)
@click.argument("site")
@click.argument("policy", default="privacy")
@json_option
def versions_command(site: str, policy: str, *, as_json: bool) -> None:
    """List the versions of a site's policy, newest first."""
    found = queries.versions(db.session(), site=site, policy=policy, before=None, limit=MANY)
    if not found:
        raise NotFound(f"Site '{site}' has no policy '{policy}'.")
    rows = [_version_json(version) for version in found]
    columns = ("version", "status", "significance", "published_at", "effective_at", "summary")
    emit(rows, table([_line(row) for row in rows], columns), as_json=as_json)


@click.command("show", cls=AppCommand)
@click.argument("site")
@click.argument("policy", default="privacy")
@click.option("--locale", default="en", show_default=True)
@click.option("--version", "number", type=int, help="Default: the version in force.")
@json_option
def show_command(site: str, policy: str, *, locale: str, number: int | None, as_json: bool) -> None:
    """Show an edition as Markdown, or its whole content with --json."""
    session = db.session()
    if number is None:
        version = queries.in_force(session, site=site, policy=policy, at=clock.now())
    else:
        version = queries.version(session, site=site, policy=policy, number=number)
    if version is None:
        raise NotFound(f"Site '{site}' has no such version of '{policy}'.")
    locales = queries.edition_locales(session, version_id=version.id)
    served = lookup([locale], locales)
    edition = (
        None if served is None else queries.edition(session, version_id=version.id, locale=served)
    )
    if edition is None:
        raise NotFound(f"There is no edition in '{locale}'.", locales=list(locales))
    emit(edition.content, markdown_document(edition.content), as_json=as_json)


def _version_json(version: VersionRow) -> dict[str, Any]:
    return {
        "version": version.number,
        "material_number": version.material_number,
        "kind": version.kind,
        "significance": version.significance,
        "status": version.status(clock.now()).value,
        "published_at": instant_text(version.published_at),
        "effective_at": instant_text(version.effective_at),
        "title": dict(version.title),
        "summary": dict(version.summary),
        "changes": [change["type"] for change in version.changes],
    }


def _line(row: dict[str, Any]) -> dict[str, Any]:
    texts = row["summary"] or row["title"]
    return {**row, "summary": localized(texts or None, locale="en", source_locale="en")}
