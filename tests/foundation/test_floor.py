"""Clock, logs, resources and signals."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

import policy_api
from policy_api import clock, logs, resources, signals


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.set_up("INFO", stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


def test_now_is_an_aware_instant_in_whole_seconds() -> None:
    with time_machine.travel("2026-03-01T08:00:00.987654Z", tick=False):
        assert clock.now() == datetime(2026, 3, 1, 8, tzinfo=UTC)


def test_a_log_line_is_json_with_request_id_and_extras(log: io.StringIO) -> None:
    with logs.numbered("abcdef-123456"):
        logging.getLogger("policy_api").warning("Line\nbreak", extra={"site": "forum"})

    (line,) = log.getvalue().splitlines()
    written = json.loads(line)
    assert written["message"] == "Line\nbreak"
    assert written["level"] == "warning"
    assert written["site"] == "forum"
    assert written["request_id"] == "abcdef-123456"


def test_secrets_do_not_reach_the_log(log: io.StringIO) -> None:
    logger = logging.getLogger("policy_api")

    logger.info("Authorization: Bearer ppl_live_x", extra={"url": "/confirm?token=abc&x=1"})

    assert "ppl_live_x" not in log.getvalue()
    assert "/confirm?token=***&x=1" in log.getvalue()


def test_an_exception_is_one_line(log: io.StringIO) -> None:
    try:
        raise ValueError("whsec_secret\nand more")  # noqa: TRY301 -- a traceback is the subject
    except ValueError:
        logging.getLogger("policy_api").exception("Failed")

    (line,) = log.getvalue().splitlines()
    assert "ValueError" in json.loads(line)["exception"]
    assert "whsec_secret" not in line


@pytest.mark.parametrize(
    "offered", [None, "", "short", "x" * 65, "with space!", "a\nb-long-enough"]
)
def test_a_doubtful_request_id_is_replaced(offered: str | None) -> None:
    with logs.numbered(offered) as current:
        assert current != offered
        assert len(current) == 16

    assert logs.request_id.get() == ""


def test_a_checkout_finds_its_directories() -> None:
    found = resources.data_dir("policy_api")

    assert found == Path(policy_api.__file__).parent


def test_a_checkout_finds_its_files() -> None:
    assert resources.data_file("gunicorn.conf.py").is_file()


@pytest.mark.parametrize("find", [resources.data_dir, resources.data_file])
def test_what_an_installation_lacks_is_named(find: Callable[[str], Path]) -> None:
    with pytest.raises(FileNotFoundError, match="'nowhere'"):
        find("nowhere")


def test_a_receiver_hears_of_a_release() -> None:
    heard: list[object] = []

    def listen(sender: object, *, release: int, sites: tuple[str, ...]) -> None:
        heard.append((release, sites))

    with signals.edition_published.connected_to(listen):
        signals.edition_published.send(None, release=3, sites=("forum",))

    assert heard == [(3, ("forum",))]
