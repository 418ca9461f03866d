"""Which channels there are, for every process that needs them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from policy_api.notification.channels import BUILT_IN, load_channels
from policy_api.notification.channels.base import CHANNELS

pytestmark = pytest.mark.sqlite_only

WAYS = {
    "the program that sends": """
from unittest import mock
from policy_api.notification import worker
from policy_api.settings import load_settings
with mock.patch("asyncio.run", lambda coroutine: coroutine.close()):
    worker.run_worker(load_settings())
""",
    "the web processes": "from policy_api.app import create_app; create_app()",
}


@pytest.mark.parametrize("way", WAYS)
def test_every_process_that_needs_channels_has_them_all(way: str) -> None:
    script = f"{WAYS[way]}\nfrom policy_api.notification.channels.base import CHANNELS\n"
    script += "print(*CHANNELS.names(), CHANNELS.is_frozen)"

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env={}
    )

    assert done.stdout.split() == [*(kind.name for kind in BUILT_IN), "True"]


def test_loading_channels_twice_is_harmless() -> None:
    load_channels(())
    load_channels(())

    assert set(CHANNELS.names()) >= {"webhook", "email"}
