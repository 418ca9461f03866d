"""Webhooks: signed POST requests, as Standard Webhooks describes them."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Any

from aiohttp.abc import AbstractResolver
from marshmallow import RAISE, Schema, fields, validate
from typing_extensions import override

from policy_api.notification.channels.base import Channel, ChannelKind, Surroundings
from policy_api.notification.channels.client import Poster, open_poster, place
from policy_api.notification.guard import MAX_URL_BYTES
from policy_api.notification.signing import signature_headers
from policy_api.notification.wire import Message, Outcome


class WebhookChannel:
    """Signs each attempt afresh and posts it."""

    def __init__(self, poster: Poster, *, now: Callable[[], datetime]) -> None:
        self._poster = poster
        self._now = now

    async def send(self, message: Message) -> Outcome:
        """Post a message once and return what came of it."""
        signed = signature_headers(
            message_id=message.id,
            timestamp=int(self._now().timestamp()),
            body=message.body,
            keys=message.keys,
        )
        return await self._poster.post(
            message.target["url"], message.body, headers=signed, is_last=message.is_last
        )

    def place(self, target: Mapping[str, Any]) -> str:
        """Return the domain that receives."""
        return place(target["url"])


class WebhookTarget(Schema):
    """Where a webhook goes."""

    class Meta:
        unknown = RAISE

    url = fields.String(required=True, validate=validate.Length(1, MAX_URL_BYTES))


class WebhookKind(ChannelKind):
    """Signed POST requests."""

    name = "webhook"
    target_schema = WebhookTarget

    @override
    def open(self, surroundings: Surroundings) -> AbstractAsyncContextManager[Channel]:
        return open_webhooks(surroundings)


@asynccontextmanager
async def open_webhooks(
    surroundings: Surroundings,
    *,
    resolver: AbstractResolver | None = None,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Channel]:
    """Open the channel for as long as a worker runs; the parameters are those of a poster."""
    async with open_poster(surroundings, resolver=resolver, tls=tls) as poster:
        yield WebhookChannel(poster, now=surroundings.now)
