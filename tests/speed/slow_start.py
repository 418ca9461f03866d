"""The program on a machine that takes its time to load it."""

from __future__ import annotations

import time
from typing import Final

from flask import Flask

from policy_api.app import create_app

SLOW_START: Final = 4.0


def app() -> Flask:
    """Return the application, late."""
    time.sleep(SLOW_START)
    return create_app()
