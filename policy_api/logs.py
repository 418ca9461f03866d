"""Logs as JSON lines, each with the id of the request it belongs to."""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Id of the request, command or delivery that is being worked on; empty outside of one."""

_ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_SECRET = re.compile(
    r"(?i)(bearer\s+|whsec_|ppl_[a-z]+_[a-z2-7]{12}_|[?&](?:token|secret)=)[^\s&\"']+"
)
_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def new_request_id(offered: str | None = None) -> str:
    """Return an id for a request: the one a proxy offered, if it is harmless, else a new one."""
    if offered and _ACCEPTABLE_ID.fullmatch(offered):
        return offered
    return secrets.token_hex(8)


@contextmanager
def numbered(offered: str | None = None) -> Iterator[str]:
    """Give everything logged inside one request id."""
    token = request_id.set(new_request_id(offered))
    try:
        yield request_id.get()
    finally:
        request_id.reset(token)


class JsonFormatter(logging.Formatter):
    """One JSON object per record; ``extra`` becomes members; secrets are blotted out."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line, whatever it contains."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": blot(record.getMessage()),
        }
        if current := request_id.get():
            line["request_id"] = current
        line.update(_extras(vars(record)))
        if record.exc_info:
            line["exception"] = blot(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=True, default=str)


def blot(text: str) -> str:
    """Replace what looks like a credential."""
    return _SECRET.sub(r"\1***", text)


def set_up(level: str = "INFO", *, stream: TextIO | None = None) -> None:
    """Send all logs to one stream (standard error by default) as JSON lines."""
    sink = logging.StreamHandler(stream or sys.stderr)
    sink.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [sink]
    root.setLevel(level)
    # Alembic tells of every plugin it sets up; what matters of it are warnings.
    logging.getLogger("alembic").setLevel(logging.WARNING)


def _extras(members: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for name, value in members.items():
        if name not in _USUAL:
            yield name, blot(value) if isinstance(value, str) else value
