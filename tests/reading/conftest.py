"""Readers at chosen instants of the small history."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from policy_api.db.base import db
from policy_api.domain.proof.signing import Signer
from policy_api.publishing.service import Publisher
from policy_api.settings import Settings
from tests.reading.published import CORRECTED, publish_until

ReaderAt = Callable[[datetime], FlaskClient]


@pytest.fixture
def reader_at(app: Flask, settings: Settings) -> Iterator[ReaderAt]:
    """Return a function that stops the clock at an instant and gives a reader there."""
    publisher = Publisher(actor="test", signer=Signer.load(settings.signing_key_file))
    with ExitStack() as stack:

        def at(instant: datetime) -> FlaskClient:
            with app.app_context():
                publish_until(db.session(), instant, publisher=publisher)
            stack.enter_context(time_machine.travel(instant, tick=False))
            return app.test_client()

        yield at


@pytest.fixture
def reader(reader_at: ReaderAt) -> FlaskClient:
    """Return a reader right after the correction, while a version is announced."""
    return reader_at(CORRECTED)
