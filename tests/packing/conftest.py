"""One history that is published step by step, and who packs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine

from policy_api.app import create_app
from policy_api.db.base import db
from policy_api.packing.service import Packer
from policy_api.settings import Settings
from tests.speed.press import Press

AppWith = Callable[..., Flask]


@pytest.fixture
def press(engine: Engine, app: Flask, settings: Settings) -> Press:
    """Return a press that has published once."""
    made = Press(engine=engine, key=settings.signing_key_file)
    made.publish()
    return made


@pytest.fixture
def packer(app: Flask) -> Packer:
    """Return who packs what the application shows."""
    return Packer(app)


@pytest.fixture
def app_with(settings: Settings) -> Iterator[AppWith]:
    """Yield a maker of further applications over the same database, by settings that differ."""
    with ExitStack() as stack:

        def make(**chosen: Any) -> Flask:  # noqa: ANN401 -- settings
            made = create_app(replace(settings, **chosen))

            def close() -> None:
                with made.app_context():
                    db.engine.dispose()

            stack.callback(close)
            return made

        yield make


@pytest.fixture
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give programs that are started the settings of the test."""
    names = ("profile", "data_dir", "database_url", "signing_key_file")
    for name in names:
        monkeypatch.setenv(f"POLICY_API_{name.upper()}", str(getattr(settings, name)))
