"""Mails: one to each reader, composed from the ledger at the moment they are sent."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any, TypeVar

import orjson
from marshmallow import RAISE, Schema, fields
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from typing_extensions import override

from policy_api.db.engine import make_engine
from policy_api.db.tx import retrying, writing
from policy_api.errors import PolicyError
from policy_api.notification import digests, erasure, mail_queries, mailing, subscriptions
from policy_api.notification.addresses import MailKeys
from policy_api.notification.channels.base import Channel, ChannelKind, Surroundings
from policy_api.notification.mail_queries import Standing, SubscriptionRow
from policy_api.notification.mailing import Letterhead, Mail
from policy_api.notification.postbox import Call, Envelope, Postbox, Spool, postbox
from policy_api.notification.subscriptions import CONFIRMATION, EMAIL
from policy_api.notification.telling import names, news_of
from policy_api.notification.wire import Message, Outcome, Verdict

THREADS = 4
"""Attempts at once to one relay; it says itself how much it can take."""

GRACE = 0.5
"""Seconds for an attempt to notice that it was cut short."""

UPKEEP_SECONDS = 30.0

T = TypeVar("T")

log = logging.getLogger(__name__)


class EmailChannel:
    """Composes and posts mails on threads of its own: SMTP waits."""

    def __init__(
        self, engine: Engine, *, box: Postbox, threads: Executor, surroundings: Surroundings
    ) -> None:
        self._engine = engine
        self._box = box
        self._threads = threads
        self._now = surroundings.now
        self._settings = surroundings.settings
        self._timeout = surroundings.timeout
        self._keys = MailKeys(surroundings.settings.secret_key)

    async def send(self, message: Message) -> Outcome:
        """Compose a mail, hand it over once, and return what came of it."""
        call = self._box.call()
        task = asyncio.get_running_loop().run_in_executor(self._threads, self._sent, message, call)
        try:
            async with asyncio.timeout(self._timeout):
                return await asyncio.shield(task)
        except TimeoutError:
            call.abort()
        with suppress(TimeoutError):
            outcome = await asyncio.wait_for(asyncio.shield(task), GRACE)
            if outcome.verdict is Verdict.DELIVERED:
                # It took the mail, and then its time; that makes no difference.
                return outcome
        return _busy(f"The mail server took longer than {self._timeout:g} seconds.")

    def place(self, target: Mapping[str, Any]) -> str:  # noqa: ARG002 -- as its protocol
        """Return the relay: it is what must not be flooded."""
        return self._box.place

    def _sent(self, message: Message, call: Call) -> Outcome:
        try:
            return self._posted(message, call)
        except (PolicyError, SQLAlchemyError, OSError) as error:
            log.exception("A mail could not be written.")
            return _busy(f"The mail could not be written: {type(error).__name__}.")

    def _posted(self, message: Message, call: Call) -> Outcome:
        owner, mount = str(message.target["owner"]), str(message.target["mount"])
        head = Letterhead.of(self._settings, mount=mount)
        with Session(self._engine) as session:
            found = mail_queries.by_owner(session, owner)
            if found is None or found.sealed_address is None or self._is_over(session, found):
                return Outcome(verdict=Verdict.GONE, detail="The subscription has ended.")
            mail = self._composed(session, found, message, head)
        if mail is None:
            return Outcome(verdict=Verdict.DELIVERED, detail="There was nothing to tell.")
        address = self._keys.open(found.sealed_address, owner=owner)
        written = mailing.message(
            mail,
            to=address,
            head=head,
            message_id=mailing.id_of(message.id, owner),
            now=self._now(),
        )
        envelope = Envelope(sender=head.sender.addr_spec, to=str(address), message=written)
        outcome = call.post(envelope)
        if outcome.verdict is Verdict.GONE:
            retrying(lambda: self._bounced(found))
        return outcome

    def _is_over(self, session: Session, found: SubscriptionRow) -> bool:
        over = {Standing.ENDED, Standing.EXPIRED}
        return found.standing(self._now()) in over or mail_queries.is_suppressed(
            session, found.address_digest
        )

    def _composed(
        self, session: Session, found: SubscriptionRow, message: Message, head: Letterhead
    ) -> Mail | None:
        now = self._now()
        called = names(session, found, now=now)
        token = self._keys.token(found.owner)
        if message.type == CONFIRMATION:
            return mailing.confirmation(found, called, head=head, token=token)
        sequence = orjson.loads(message.body)["sequence"]
        told = digests.bundle_of(session, found, sequence=sequence)
        news = news_of(session, found, told, now=now)
        return mailing.notice(found, called, news, head=head, token=token) if news else None

    def _bounced(self, found: SubscriptionRow) -> None:
        address = self._keys.open(found.sealed_address or b"", owner=found.owner)
        with Session(self._engine) as session, writing(session):
            subscriptions.bounce(session, address=address, keys=self._keys, now=self._now())


class Upkeep:
    """What becomes due by the clock alone: bundles, and forgetting."""

    def __init__(self, engine: Engine, *, surroundings: Surroundings) -> None:
        self._engine = engine
        self._now = surroundings.now

    async def run(self, threads: Executor) -> None:
        """Look now and then, until cancelled."""
        while True:
            try:
                await asyncio.get_running_loop().run_in_executor(threads, self.once)
            except (SQLAlchemyError, PolicyError):
                log.exception("Bundles have to wait; trying again.")
            await asyncio.sleep(UPKEEP_SECONDS)

    def once(self) -> None:
        """Make everything due that is, and forget everything that must be."""
        while retrying(self._advance):
            pass
        while retrying(self._purge):
            pass

    def _advance(self) -> bool:
        return self._write(lambda session: digests.advance(session, now=self._now()))

    def _purge(self) -> bool:
        purged = self._write(lambda session: erasure.purge(session, now=self._now()))
        return purged.dropped + purged.erased >= erasure.CHUNK

    def _write(self, act: Callable[[Session], T]) -> T:
        with Session(self._engine) as session, writing(session):
            return act(session)


@asynccontextmanager
async def open_email(surroundings: Surroundings) -> AsyncIterator[Channel]:
    """Open the channel for as long as a worker runs, and do what mails need beside sending."""
    box = postbox(surroundings.settings, timeout=surroundings.timeout)
    if isinstance(box, Spool):
        log.warning("There is no mail server; mails go to a folder.", extra={"folder": box.folder})
    engine = make_engine(surroundings.settings.database_url, threads=THREADS + 1)
    threads = ThreadPoolExecutor(THREADS + 1, thread_name_prefix="mail")
    upkeep = asyncio.create_task(Upkeep(engine, surroundings=surroundings).run(threads))
    try:
        yield EmailChannel(engine, box=box, threads=threads, surroundings=surroundings)
    finally:
        upkeep.cancel()
        with suppress(asyncio.CancelledError):
            await upkeep
        # What is half done in the database ends before its connections go.
        await asyncio.to_thread(threads.shutdown, wait=True, cancel_futures=True)
        engine.dispose()


class EmailTarget(Schema):
    """Whose mail it is, and where the links in it lead."""

    class Meta:
        unknown = RAISE

    owner = fields.String(required=True)
    mount = fields.String(required=True)


class EmailKind(ChannelKind):
    """Mails to readers who asked for them; made by subscriptions alone."""

    name = EMAIL
    target_schema = EmailTarget

    @override
    def open(self, surroundings: Surroundings) -> AbstractAsyncContextManager[Channel]:
        return open_email(surroundings)


def _busy(detail: str) -> Outcome:
    return Outcome(verdict=Verdict.BUSY, detail=detail)
