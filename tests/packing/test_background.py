"""A worker packs what is published, beside everything else it does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from policy_api import clock
from policy_api.packing.background import keeping_packed
from policy_api.packing.queries import is_due, packed_digests
from policy_api.settings import Settings
from tests.speed.press import Press
from tests.speed.servers import until

pytestmark = pytest.mark.usefixtures("environment")


def digests(engine: Engine) -> set[str]:
    with Session(engine) as session:
        return packed_digests(session)


def test_what_is_published_is_packed_before_long(
    engine: Engine, settings: Settings, press: Press
) -> None:
    with keeping_packed(settings, every=0.1):
        until(lambda: bool(digests(engine)))
        with Session(engine) as session:
            until(lambda: not is_due(session, now=clock.now()))
        before = digests(engine)
        press.publish()
        until(lambda: bool(digests(engine) - before))


def test_packing_can_be_switched_off(engine: Engine, settings: Settings, press: Press) -> None:
    with keeping_packed(replace(settings, pack_bodies=False), every=0.01):
        pass

    assert digests(engine) == set()
