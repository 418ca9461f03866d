"""What goes out to a subscriber, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

ANSWER_BYTES = 1024
"""Of an answer, this much is read and kept."""


class Verdict(StrEnum):
    """What one attempt came to."""

    DELIVERED = "delivered"

    RETRY = "retry"
    """This message was refused; others may pass."""

    BUSY = "busy"
    """The receiver cannot take anything now."""

    GONE = "gone"
    """The receiver never wants anything again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one attempt."""

    verdict: Verdict
    status: int | None = None
    detail: str = ""
    """What happened, in a few words for the log that the subscriber sees."""

    answer: str = ""
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A secret that signs, opened for as long as a message is on its way."""

    scheme: str
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to one target."""

    id: str
    """The same on every attempt."""

    type: str
    body: bytes = field(repr=False)
    target: Mapping[str, Any]
    keys: tuple[SigningKey, ...] = ()
    is_last: bool = True
    """Whether nothing else waits for this target, so that a connection may be closed."""
