"""Questions about packed bodies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, inspect, select
from sqlalchemy.orm import Session

from policy_api import __version__
from policy_api.ledger import queries as ledger
from policy_api.packing.models import PackedBody, PackingState

_BODY: Final = inspect(PackedBody).local_table
_ONE_BODY: Final = select(_BODY.c.body).where(
    _BODY.c.digest == bindparam("digest"), _BODY.c.coding == bindparam("coding")
)


def packed_body(session: Session, *, digest: str, coding: str) -> bytes | None:
    """Return a body in a coding, if it was packed."""
    return session.scalar(_ONE_BODY, {"digest": digest, "coding": coding})


def packed_names(session: Session) -> list[tuple[str, str]]:
    """Return digest and coding of all bodies that are packed."""
    names = select(_BODY.c.digest, _BODY.c.coding).order_by(_BODY.c.digest, _BODY.c.coding)
    return [(digest, coding) for digest, coding in session.execute(names)]


def packed_digests(session: Session) -> set[str]:
    """Return the digests of all bodies that are packed."""
    return set(session.scalars(select(_BODY.c.digest).distinct()))


def wanted_state(session: Session, *, now: datetime) -> str:
    """Return what decides which bodies are in force: the ledger, the clock, and the program."""
    _, switches = ledger.instants(session)
    begun = sum(switch <= now for switch in switches)
    return f"{__version__} {begun} {ledger.chain_head(session) or ''}"


def is_due(session: Session, *, now: datetime) -> bool:
    """Tell whether there is something to pack that nobody is packing."""
    found = session.get_one(PackingState, 1, populate_existing=True)
    return found.taken_until <= now and found.state != wanted_state(session, now=now)


def addresses(session: Session, *, now: datetime) -> Iterator[str]:
    """Yield where the texts in force are read, in each language of each site."""
    for key, site in sorted(ledger.directory(session, at=now).sites.items()):
        for policy in site.policies:
            for locale in site.locales:
                yield f"/v1/sites/{key}/policies/{policy}?locale={locale}"
