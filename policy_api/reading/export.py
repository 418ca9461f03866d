"""The whole public API as files, for hosts that run no program."""

from __future__ import annotations

from collections.abc import Collection
from contextvars import Context
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from policy_api import clock
from policy_api.db.base import db
from policy_api.domain.proof.canonical import instant_text
from policy_api.errors import Unavailable
from policy_api.ledger import queries
from policy_api.reading.export_addresses import addresses, linked
from policy_api.reading.export_headers import headers_file
from policy_api.reading.export_tree import Counts, Rehearsal, Tree
from policy_api.reading.moment import moment
from policy_api.reading.overview import known
from policy_api.web.state import state

TRIES: Final = 5
BROKEN_OFF: Final = 500
OK: Final = 200

_TOLD: Final = (
    "Content-Type",
    "Content-Language",
    "Cache-Control",
    "ETag",
    "Last-Modified",
    "Content-Security-Policy",
)
"""Headers of an answer that belong to its file."""


@dataclass(slots=True)
class Exported:
    """What a run wrote, and what it could not."""

    release: int
    counts: Counts
    missing: list[str] = field(default_factory=list)
    """Addresses that a document leads to and that show nothing."""


def file_name(address: str) -> str:
    """Return the file of an address: its path, with the query behind an ``@``.

    >>> file_name("/v1/sites/shop/policies/privacy?locale=de")
    'v1/sites/shop/policies/privacy@locale=de.json'
    """
    path, _, query = address.lstrip("/").partition("?")
    last = path.rpartition("/")[2]
    stem, suffix = (path.rpartition(".")[0], path.rpartition(".")[2]) if "." in last else (path, "")
    behind = f"@{query}" if query else ""
    if suffix.isalpha():
        return f"{stem}{behind}.{suffix}"
    return f"{path}{behind}.json"


def export(
    app: Flask, out: Path, *, sites: Collection[str] | None = None, keep: bool = True
) -> Exported:
    """Write everything public into a folder, and show it as one when it is complete.

    :param sites: Keys of the sites to write; by default all.
    :param keep: False to count only what would be written.
    :raises Unavailable: If something was published again and again meanwhile.
    """
    # Requests made inside of an application context would share it, and see one another.
    return Context().run(_export, app, out, sites, keep)


def _export(app: Flask, out: Path, sites: Collection[str] | None, keep: object) -> Exported:
    for _ in range(TRIES):
        before = _state(app)
        tree = Tree(out) if keep else Rehearsal(out)
        exported = Exported(release=before[0], counts=tree.counts)
        try:
            _fill(tree, app, sites, exported)
        finally:
            tree.close()
        if _state(app)[:2] == before[:2]:
            facts = {"release": before[0], "chain_head": before[1], "changes_at": before[2]}
            tree.finish(facts=facts, headers=headers_file(tree.told()))
            return exported
    raise Unavailable("Something was published during each of several attempts.")


def _state(app: Flask) -> tuple[int, str | None, str | None]:
    """Return the newest release, its place in the chain, and when answers change next."""
    with app.app_context():
        head = queries.head(db.session())
        switches_at = moment(known(db.session()).overview, clock.now()).switches_at
    following = None if switches_at is None else instant_text(switches_at)
    return (0, None, following) if head is None else (head.number, head.chain_head, following)


def _fill(tree: Tree, app: Flask, sites: Collection[str] | None, exported: Exported) -> None:
    with app.app_context():
        given = list(dict.fromkeys(addresses(db.session(), sites=sites)))
        origin = state().settings.origin.rstrip("/")
    client, known = app.test_client(), set(given)
    while given:
        following: list[str] = []
        for address in given:
            answer = _read(client, address)
            if answer is None:
                exported.missing.append(address)
                continue
            tree.put(file_name(address), answer.data, url=address, headers=_told(answer))
            for found in linked(answer.data, answer.mimetype or "", origin=origin, sites=sites):
                if found not in known and not found.endswith("/"):
                    known.add(found)
                    following.append(found)
        given = following


def _read(client: FlaskClient, address: str) -> TestResponse | None:
    answer = client.get(address)
    if answer.status_code >= BROKEN_OFF:
        raise Unavailable(f"{address} could not be read.")
    return answer if answer.status_code == OK else None


def _told(answer: TestResponse) -> dict[str, str]:
    return {name: answer.headers[name] for name in _TOLD if name in answer.headers}
