"""What a channel is: it gets a message and a target and says what came of it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol

from marshmallow import Schema

from policy_api.notification.wire import Message, Outcome
from policy_api.registry import Registry
from policy_api.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a channel is made with."""

    settings: Settings
    now: Callable[[], datetime]
    timeout: float
    """Seconds that one attempt may take, everything included."""


class Channel(Protocol):
    """A way to reach a subscriber. Open for as long as its context lasts."""

    async def send(self, message: Message) -> Outcome:
        """Try once.

        Never raises for what a receiver does, never tries again, ends within the time-out.
        """
        ...

    def place(self, target: Mapping[str, Any]) -> str:
        """Return what must not be flooded: targets at the same place share one limit."""
        ...


ChannelMaker = Callable[[Surroundings], AbstractAsyncContextManager[Channel]]


class ChannelKind(Protocol):
    """A kind of channel: the name it is stored under, its targets, and how it is opened."""

    name: ClassVar[str]

    target_schema: ClassVar[type[Schema]]
    """What a target has to say; kept as JSON, so a new channel needs no migration."""

    @abstractmethod
    def open(self, surroundings: Surroundings) -> AbstractAsyncContextManager[Channel]:
        """Open the channel for as long as a worker runs."""
        ...


CHANNELS: Registry[ChannelKind] = Registry("channel")
