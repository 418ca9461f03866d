"""What the event log answers: plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """A fact that subscribers are told."""

    sequence: int
    id: str
    type: str
    occurred_at: datetime
    recorded_at: datetime
    release: int | None
    policy: str | None
    sites: tuple[str, ...]
    significance: str | None
    change_types: tuple[str, ...]
    body: bytes = field(repr=False)
    """The exact bytes that are signed and sent."""

    @property
    def content(self) -> dict[str, Any]:
        """The body, decoded."""
        content: dict[str, Any] = orjson.loads(self.body)
        return content
