"""WebSub: the operator's hub is told which feeds changed, and tells whoever subscribed there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlencode

from marshmallow import RAISE, Schema, fields, validate
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from typing_extensions import override

from policy_api.db.engine import make_engine
from policy_api.db.tx import retrying, writing
from policy_api.errors import Unavailable
from policy_api.events import queries as events
from policy_api.notification.channels.base import Channel, ChannelKind, Surroundings
from policy_api.notification.channels.client import Poster, busy, open_poster, place
from policy_api.notification.guard import MAX_URL_BYTES
from policy_api.notification.hub import WEBSUB, is_kept, keep_hub, topics
from policy_api.notification.wire import Message, Outcome, Verdict

FORM = {"content-type": "application/x-www-form-urlencoded"}
AGAIN_SECONDS = 1.0

log = logging.getLogger(__name__)


class HubChannel:
    """Names the changed feeds to the hub; it fetches them itself."""

    def __init__(self, poster: Poster, *, engine: Engine, surroundings: Surroundings) -> None:
        self._poster = poster
        self._engine = engine
        settings = surroundings.settings
        self._base = f"{settings.origin.rstrip('/')}{settings.mount}"

    async def send(self, message: Message) -> Outcome:
        """Ping the hub once and return what came of it."""
        try:
            changed = await asyncio.to_thread(self._topics, message.id)
        except SQLAlchemyError:
            log.exception("The feeds cannot be looked up.")
            return busy("The feeds cannot be looked up.")
        if not changed:
            return Outcome(verdict=Verdict.DELIVERED, detail="No feed changed.")
        ping = [("hub.mode", "publish"), *(("hub.url", topic) for topic in changed)]
        return await self._poster.post(
            message.target["url"], urlencode(ping).encode(), headers=FORM, is_last=message.is_last
        )

    def place(self, target: Mapping[str, Any]) -> str:
        """Return the domain of the hub."""
        return place(target["url"])

    def _topics(self, event_id: str) -> list[str]:
        with Session(self._engine) as session:
            event = events.event(session, id=event_id)
            return [] if event is None else list(topics(session, event, base=self._base))


@asynccontextmanager
async def open_websub(surroundings: Surroundings) -> AsyncIterator[Channel]:
    """Open the channel for as long as a worker runs, and see to it that the hub is told."""
    engine = make_engine(surroundings.settings.database_url, threads=1)
    keeping = asyncio.create_task(_keep(engine, surroundings))
    try:
        async with open_poster(surroundings) as poster:
            yield HubChannel(poster, engine=engine, surroundings=surroundings)
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping
        engine.dispose()


async def _keep(engine: Engine, surroundings: Surroundings) -> None:
    """Write down which hub there is, however long the database keeps us waiting."""

    def once() -> None:
        url = surroundings.settings.websub_hub
        with Session(engine) as session:
            # Who only looks keeps nobody from writing.
            if is_kept(session, url=url):
                return
            with writing(session):
                keep_hub(session, url=url, now=surroundings.now())

    while True:
        try:
            await asyncio.to_thread(retrying, once)
        except (SQLAlchemyError, Unavailable):
            log.exception("The hub has to wait; trying again.")
            await asyncio.sleep(AGAIN_SECONDS)
        else:
            return


class HubTarget(Schema):
    """Where the hub is."""

    class Meta:
        unknown = RAISE

    url = fields.String(required=True, validate=validate.Length(1, MAX_URL_BYTES))


class HubKind(ChannelKind):
    """Pings to the hub of the settings."""

    name = WEBSUB
    target_schema = HubTarget

    @override
    def open(self, surroundings: Surroundings) -> AbstractAsyncContextManager[Channel]:
        return open_websub(surroundings)
