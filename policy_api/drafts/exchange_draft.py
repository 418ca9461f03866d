"""Where commands of exchange read from and write to: a draft, or what is published."""

from __future__ import annotations

import getpass
from collections.abc import Mapping

import click
from sqlalchemy.orm import Session

from policy_api import clock
from policy_api.access.principal import Principal
from policy_api.domain.content.source import Entry, Source
from policy_api.drafts import service
from policy_api.drafts.authoring import Author
from policy_api.drafts.preconditions import WHATEVER_IS_THERE
from policy_api.errors import NotFound
from policy_api.ledger import queries as ledger

policy_option = click.option("--policy", default="privacy", show_default=True, help="Its key.")
draft_option = click.option("--draft", help="Number of a draft; default: what is published.")
by_option = click.option("--by", default=getpass.getuser, help="Who does it; for the record.")


def source_of(session: Session, draft: str | None) -> Source:
    """Return the source of a draft, or of the newest release.

    :raises NotFound: If there is none.
    """
    if draft is not None:
        return service.source_of(session, service.open_draft_by_id(session, draft))
    return released(session, ledger.head_number(session) or None)


def put_edits(
    session: Session, edits: Mapping[str, Entry], *, draft: str | None, title: str, by: str
) -> int | None:
    """Write entries to a draft, or to a new one; return its number, None if nothing changed.

    Each of them is noted in the audit log.
    """
    if not edits:
        return None if draft is None else int(draft)
    author = Author(session=session, by=Principal.at_console(by), now=clock.now())
    if draft is None:
        row = author.open(title=title, site=None)
    else:
        row = service.open_draft_by_id(session, draft)
    for path, entry in edits.items():
        author.put(row, path, entry, WHATEVER_IS_THERE)
    return row.id


def released(session: Session, number: int | None) -> Source:
    """Return the source of a release.

    :raises NotFound: If there is no such release, or none at all.
    """
    found = None if number is None else ledger.release(session, number)
    if found is None:
        raise NotFound("Nothing is published yet; name a draft with --draft.")
    return ledger.load_source(session, found.source_digest)
