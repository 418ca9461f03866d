"""Sizes a request may have; without them Flask has none."""

from __future__ import annotations

from typing import Final

from flask import Flask

MAX_BODY: Final = 1 * 2**20
"""Bytes of a JSON body. A room that takes files raises it for those views alone."""

MAX_FORM: Final = 64 * 2**10
MAX_FORM_PARTS: Final = 32


def register_limits(app: Flask) -> None:
    """Set the limits that hold unless a view says otherwise."""
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_FORM,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
    )
