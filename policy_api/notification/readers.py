"""What operators do about readers of mails: believe a report, erase an address; and the record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from policy_api.access.audit import Act, record
from policy_api.access.principal import Principal
from policy_api.access.refusals import NotAllowed
from policy_api.access.scopes import Action
from policy_api.errors import BadInput
from policy_api.notification import erasure, mail_queries, mailing, subscriptions
from policy_api.notification.addresses import Address, MailKeys
from policy_api.notification.mail_reports import Report
from policy_api.notification.postbox import SPOOL, Spool
from policy_api.settings import Settings

ADDRESSES: Final = "subscriptions"
"""What the record names: an address stands in no line of it, not even as a digest."""


class Belief(StrEnum):
    """What became of a report."""

    TAKEN = "taken"
    UNPROVEN = "unproven"
    """It returns no mail that was sent from here, so anybody may have written it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """Somebody at work on the addresses of readers."""

    session: Session
    by: Principal
    settings: Settings
    now: datetime

    def __post_init__(self) -> None:
        if not self.by.may(Action.SUBSCRIPTIONS, None):
            raise NotAllowed("An address is no site's own: this needs the scope *:subscriptions.")

    @property
    def keys(self) -> MailKeys:
        """Return what finds addresses."""
        return MailKeys(self.settings.secret_key)

    def suppress(self, reported: Sequence[tuple[Address, str]]) -> int:
        """Send addresses nothing any more, and return how many subscriptions that ended.

        :param reported: Each with its reason, ``bounced`` or ``complained``.
        """
        ended = sum(self._suppressed(address, reason=reason) for address, reason in reported)
        for reason in sorted({reason for _, reason in reported}):
            self._record(reason)
        return ended

    def believe(self, report: Report, *, is_trusted: bool = False) -> Belief:
        """Do what a report asks for, if it proves that its writer got a mail from here.

        :param is_trusted: Nobody but the operator's own mail server can have written it.
        """
        proven = self._proven(report)
        addresses = [proven] if proven else list(_readable(report)) if is_trusted else []
        for address in addresses:
            self._suppressed(address, reason=report.kind)
        if not addresses:
            return Belief.UNPROVEN
        self._record(report.kind)
        return Belief.TAKEN

    def erase(self, address: Address, *, never_again: bool = False) -> int:
        """Forget an address at once, and return how many subscriptions it had.

        :param never_again: Its owner wants no mail from here either, whoever asks for one.
        """
        erased = erasure.erase(self.session, address=address, keys=self.keys, now=self.now)
        if never_again:
            self._suppressed(address, reason="unwanted")
        self._record("erased")
        return erased

    def _suppressed(self, address: Address, *, reason: str) -> int:
        return subscriptions.bounce(
            self.session, address=address, keys=self.keys, now=self.now, reason=reason
        )

    def _proven(self, report: Report) -> Address | None:
        """Return the address that the returned mail went to."""
        if report.token:
            found = mail_queries.by_token(self.session, report.token)
            if found is not None and found.sealed_address is not None:
                return self.keys.open(found.sealed_address, owner=found.owner)
        for address in _readable(report) if report.message_id else ():
            sent = mail_queries.confirmations(self.session, self.keys.digest(address))
            if report.message_id in {mailing.id_of(ping, owner) for ping, owner in sent}:
                return address
        return None

    def _record(self, what: str) -> None:
        act = Act(action=f"subscription.{what}", object=ADDRESSES)
        record(self.session, act, by=self.by.actor, now=self.now)


def clear_spool(settings: Settings, address: Address) -> None:
    """Take away the files that stand for mails to an address, where there is no mail server."""
    Spool(settings.data_dir / SPOOL).forget(str(address))


def _readable(report: Report) -> Iterator[Address]:
    for written in report.addresses:
        try:
            yield Address.parse(written)
        except BadInput:
            continue
