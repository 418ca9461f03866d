"""What is in force is compressed at full strength, once, and then served so by every process."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import timedelta

import brotli  # type: ignore[import-untyped]
import pytest
import time_machine
import zstandard
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from policy_api.domain.proof.signing import Signer
from policy_api.packing.models import PackedBody
from policy_api.packing.service import LEASE, Packer, take
from policy_api.publishing.service import Publisher
from policy_api.settings import Settings
from tests.packing.conftest import AppWith
from tests.reading.published import CORRECTED, EFFECTIVE, publish_until
from tests.speed.conftest import Pair
from tests.speed.press import SHOP, Press

CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompress(body),
    "gzip": gzip.decompress,
}


def read(client: FlaskClient, coding: str, path: str = f"{SHOP}?locale=en") -> TestResponse:
    return client.get(path, headers={"Accept-Encoding": coding})


@pytest.mark.parametrize("coding", CODINGS)
def test_a_packed_text_is_shorter_and_has_a_tag_of_its_own(
    coding: str, client: FlaskClient, press: Press, packer: Packer
) -> None:
    before, plain = read(client, coding), read(client, "identity")

    packer.run()

    after = read(client, coding)
    assert CODINGS[coding](after.data) == CODINGS[coding](before.data) == plain.data
    assert len(after.data) < len(before.data)
    assert before.headers["ETag"] == f'{plain.headers["ETag"][:-1]}-{coding}"'
    assert after.headers["ETag"] == f'{plain.headers["ETag"][:-1]}-{coding}-packed"'
    assert read(client, "identity").data == plain.data


def test_kept_answers_say_what_is_said_without(
    app_with: AppWith, client: FlaskClient, press: Press, packer: Packer
) -> None:
    slow = app_with(answer_cache_mib=0).test_client()
    pair = Pair(fast=client, slow=slow)
    paths = (f"{SHOP}?locale=en", f"{SHOP}.json?locale=en", f"{SHOP}.html?locale=en", SHOP)
    for path in paths:
        read(client, "br", path)

    packer.run()

    wishes = [{"Accept-Encoding": wish} for wish in (*CODINGS, "gzip;q=0.5, br;q=0.1", "")]
    wishes.append({"If-None-Match": read(slow, "br").headers["ETag"], "Accept-Encoding": "br"})
    found = [line for path in paths for each in wishes for line in pair.differences(path, each)]
    assert found == []


def test_what_is_packed_is_packed_once(press: Press, packer: Packer) -> None:
    first, second = packer.run(), packer.run()

    assert first is not None
    assert first.made > 0
    assert second is None


def test_a_publication_replaces_only_what_it_changed(
    engine: Engine, client: FlaskClient, press: Press, packer: Packer
) -> None:
    packer.run()
    before = stored(engine)
    press.publish()

    done = packer.run()

    assert done is not None
    assert done.made == done.dropped > 0
    assert stored(engine) == before
    assert read(client, "br").headers["ETag"].endswith('-br-packed"')


def test_an_announced_text_is_packed_when_it_takes_effect(
    session: Session, settings: Settings, packer: Packer
) -> None:
    publisher = Publisher(actor="test", signer=Signer.load(settings.signing_key_file))
    with time_machine.travel(CORRECTED, tick=False):
        publish_until(session, CORRECTED, publisher=publisher)
        first, again = packer.run(), packer.run()
    with time_machine.travel(EFFECTIVE + timedelta(seconds=1), tick=False):
        then = packer.run()

    assert first is not None
    assert again is None
    assert then is not None
    assert then.made > 0


def test_of_two_runs_at_once_one_has_nothing_to_do(
    app: Flask, press: Press, packer: Packer
) -> None:
    with app.app_context():
        take()

    assert packer.run() is None


def test_a_run_that_was_killed_is_taken_up(app: Flask, press: Press, packer: Packer) -> None:
    with app.app_context():
        take()

    with time_machine.travel(LEASE, tick=True):
        done = packer.run()

    assert done is not None
    assert done.made > 0


def test_a_host_that_nobody_names_is_no_hindrance(press: Press, app_with: AppWith) -> None:
    done = Packer(app_with(trusted_hosts=("shop.example.org",))).run()

    assert done is not None
    assert done.made > 0


def stored(engine: Engine) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(PackedBody)) or 0
