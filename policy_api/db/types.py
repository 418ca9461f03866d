"""Column types that keep their promises on SQLite and PostgreSQL alike."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from policy_api.domain.proof.canonical import canonical_json, is_digest


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: aware when it goes in, in UTC when it comes out.

    SQLite has no type for instants. There it is text of fixed width, which sorts like time.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return text for SQLite, whose STRICT tables know nothing closer."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Text())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401
        """Refuse a naive value, because no guess of its zone is safe."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no time zone, so it names no instant.")
        instant = value.astimezone(UTC)
        return written(instant) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401
        """Return the instant in UTC, whatever zone the connection is in.

        :raises ValueError: For text that SQLite holds in another form than it was written in.
        """
        if value is None:
            return None
        instant: datetime = datetime.fromisoformat(value) if dialect.name == "sqlite" else value
        instant = instant.astimezone(UTC)
        if dialect.name == "sqlite" and value != written(instant):
            raise ValueError(f"{value!r} is not how an instant is stored.")
        return instant


def written(instant: datetime) -> str:
    """Return an instant in UTC as SQLite keeps it, which PostgreSQL understands too."""
    return instant.isoformat(timespec="microseconds").replace("+00:00", "Z")


class CanonicalJson(TypeDecorator[Any]):
    """JSON as its canonical text, so that what is stored can be digested and compared."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ANN401, ARG002
        """Write a value; None is the database's NULL, never JSON's null."""
        return None if value is None else canonical_json(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002
        """Read a value."""
        return None if value is None else orjson.loads(value)


class Digest(TypeDecorator[str]):
    """A SHA-256 digest in the one spelling used everywhere: ``sha256:`` and hexadecimals."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Refuse what is no digest before it reaches a table."""
        if value is not None and not is_digest(value):
            raise ValueError(f"{value!r} is no SHA-256 digest.")
        return value
