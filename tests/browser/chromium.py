"""A real browser over a real server, where both can be had."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import product
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
PROGRAM = next((found for found in map(shutil.which, NAMES) if found), None)
needs_a_browser = pytest.mark.skipif(
    PROGRAM is None or find_spec("playwright") is None,
    reason="Chromium and Playwright are not installed; ./dev browser installs them.",
)
EVERYTHING = "POLICY_API_TEST_BROWSER" in os.environ
"""Whether every combination is looked at, instead of those that differ most."""

AWAY = "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
"""The browser's view of the internet: there is none."""

PATIENCE = 120_000
"""Milliseconds that a busy machine may take for what takes a moment elsewhere."""

WIDTHS = (320, 1280)
LOOKS = (
    tuple(product(WIDTHS, ("light", "dark"))) if EVERYTHING else ((320, "light"), (1280, "dark"))
)
"""Width of the window and colours that a reader prefers."""

# The types of Playwright are not there for people who run the other tests only.
Page = Any
Browser = Any


@dataclass(kw_only=True)
class Opened:
    """A page in the browser, and what it asked for and complained about."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@contextmanager
def browser() -> Iterator[Browser]:
    """Yield a browser without a window."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 -- not always installed

    with sync_playwright() as play:
        running = play.chromium.launch(
            executable_path=PROGRAM, args=[f"--host-resolver-rules={AWAY}"]
        )
        yield running
        running.close()


@contextmanager
def opened(running: Browser, url: str, *, width: int = 1280, **context: Any) -> Iterator[Opened]:  # noqa: ANN401 -- Playwright's own
    """Open a page with a profile of its own, and note what it does.

    :param context: Options of the browser context: ``color_scheme``, ``forced_colors``.
    """
    profile = running.new_context(viewport={"width": width, "height": 800}, **context)
    page = profile.new_page()
    page.set_default_timeout(PATIENCE)
    found = Opened(page=page)
    page.on("request", lambda request: found.asked.append(request.url))
    page.on("console", lambda said: found.complaints.append(f"{said.type}: {said.text}"))
    page.on("pageerror", lambda error: found.complaints.append(f"error: {error}"))
    page.goto(url, wait_until="load")
    yield found
    profile.close()


def read_aloud(page: Page) -> list[dict[str, Any]]:
    """Return what the browser tells assistive technology, in order."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    return [
        {"role": node["role"]["value"], "name": node.get("name", {}).get("value", "")}
        for node in nodes
        if not node.get("ignored")
    ]


def violations(page: Page) -> list[str]:
    """Return what axe-core finds wrong with a page."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 -- not always installed

    found: dict[str, Any] = Axe().run(page).response
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
