"""How many confirmation mails anyone can cause: nobody's mailbox is bombed from here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, text, update
from sqlalchemy.orm import Session

from policy_api.notification.models import MailConfirmation

DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)
REFUSED = ""
"""In the place of the mailbox: a request that led to no mail. It counts against the client."""

LOCK = 7_309_842_113
"""Any number, as long as nothing else in the program locks it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailLimits:
    """Requests that lead to a mail."""

    per_mailbox: int = 3
    """In 24 hours."""

    per_client: int = 20
    """In an hour, from one network."""

    total: int = 500
    """In an hour, from everybody."""


LIMITS = MailLimits()


def take_turns(session: Session) -> None:
    """Let no other request be counted until the transaction ends.

    SQLite's write transactions are alone anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def has_room(session: Session, *, client: str, limits: MailLimits, now: datetime) -> bool:
    """Tell whether a client may ask at all. Says nothing about any address."""
    since = MailConfirmation.asked_at > now - HOUR
    by_client = _count(session, since, MailConfirmation.client_digest == client)
    return by_client < limits.per_client and _count(session, since) < limits.total


def may_write_to(session: Session, *, mailbox: str, limits: MailLimits, now: datetime) -> bool:
    """Tell whether a mailbox can take another confirmation mail today."""
    since = MailConfirmation.asked_at > now - DAY
    found = _count(session, since, MailConfirmation.address_digest == mailbox)
    return found < limits.per_mailbox


def note(session: Session, *, mailbox: str, client: str, now: datetime) -> None:
    """Count a request.

    :param mailbox: ``REFUSED`` where no mail follows.
    """
    session.add(MailConfirmation(address_digest=mailbox, client_digest=client, asked_at=now))


def let_go(session: Session, *, mailbox: str) -> None:
    """Forget whose mailbox requests were about; they still count against their clients."""
    session.execute(
        update(MailConfirmation)
        .where(MailConfirmation.address_digest == mailbox)
        .values(address_digest=REFUSED),
        execution_options={"synchronize_session": False},
    )


def forget(session: Session, *, now: datetime) -> None:
    """Drop what no limit looks at any more."""
    session.execute(
        delete(MailConfirmation).where(MailConfirmation.asked_at <= now - DAY),
        execution_options={"synchronize_session": False},
    )


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    return (
        session.scalar(select(func.count()).select_from(MailConfirmation).where(*conditions)) or 0
    )
