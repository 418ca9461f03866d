"""A channel for Policy API: a line in a chat room, by the room's incoming webhook."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import orjson
from marshmallow import RAISE, Schema, fields, validate
from typing_extensions import override

from policy_api.notification.channels.base import Channel, ChannelKind, Surroundings
from policy_api.notification.channels.client import Poster, open_poster, place
from policy_api.notification.wire import Message, Outcome


class ChatTarget(Schema):
    """A room."""

    class Meta:
        unknown = RAISE

    url = fields.String(required=True, validate=validate.Length(1, 2048))


class ChatChannel:
    """Says what happened, in one line."""

    def __init__(self, poster: Poster) -> None:
        self._poster = poster

    async def send(self, message: Message) -> Outcome:
        body = orjson.dumps({"text": line(orjson.loads(message.body))})
        return await self._poster.post(
            message.target["url"], body, headers={}, is_last=message.is_last
        )

    def place(self, target: Mapping[str, Any]) -> str:
        return place(target["url"])


class ChatKind(ChannelKind):
    """Chat rooms."""

    name = "chat"
    target_schema = ChatTarget

    @override
    def open(self, surroundings: Surroundings) -> AbstractAsyncContextManager[Channel]:
        return opened(surroundings)


@asynccontextmanager
async def opened(surroundings: Surroundings) -> AsyncIterator[Channel]:
    async with open_poster(surroundings) as poster:
        yield ChatChannel(poster)


def line(event: Mapping[str, Any]) -> str:
    """Return what happened as people say it."""
    data = event["data"]
    title = next(iter(data.get("title", {}).values()), data.get("policy", event["type"]))
    sites = ", ".join(each["site"] for each in data.get("sites", ()))
    return f"{title} ({sites})" if sites else str(title)
