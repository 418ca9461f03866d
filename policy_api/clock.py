"""The one place that asks what time it is."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now() -> datetime:
    """Return the present instant in UTC, cut to whole seconds.

    Whole seconds survive every representation (JSON, HTTP dates, both databases) unchanged.
    """
    return datetime.now(UTC).replace(microsecond=0)


def second() -> int:
    """Return the same instant as seconds since 1970, for what is compared with every request."""
    return int(time.time())
