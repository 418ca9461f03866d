"""What one app carries beside Flask's own configuration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from flask import Flask, current_app

from policy_api.settings import Settings
from policy_api.web.compression import CompressedBodies

_NAME: Final = "policy-api"


@dataclass(slots=True, kw_only=True)
class State:
    """Settings and stores of one app; two apps in one process share nothing."""

    settings: Settings
    compressed: CompressedBodies = field(default_factory=CompressedBodies)

    open_blueprints: set[str] = field(default_factory=set)
    """Blueprints whose answers scripts of any origin may read."""

    find_packed: Callable[[str, str], bytes | None] = lambda _digest, _coding: None
    """Asks for a body at full strength of compression, by its digest and its coding."""

    openapi: dict[str, bytes] = field(default_factory=dict)
    """Mount prefix → the OpenAPI document as it is served below it."""


def register_state(app: Flask, settings: Settings) -> State:
    """Give an app its state."""
    state = State(settings=settings)
    app.extensions[_NAME] = state
    return state


def state() -> State:
    """Return the state of the app that answers the present request."""
    return state_of(current_app)


def state_of(app: Flask) -> State:
    """Return the state of an app."""
    found = app.extensions[_NAME]
    if not isinstance(found, State):
        raise TypeError("The app was not made by create_app().")
    return found
