"""Pages made to be hard to read are read or refused in time."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from policy_api.domain.importing.draft_bundle import Wanted, draft_source
from policy_api.domain.importing.reading import Kind, read_page
from policy_api.errors import BadInput

SECONDS = 2.0
"""Of work; how long others keep the processor says nothing about a page."""

REFUSED: dict[str, Callable[[], bytes]] = {
    "too large": lambda: b"a" * 3_000_000,
    "utf-16 without mark": lambda: "<p>text</p>".encode("utf-16-le"),
    "utf-32": lambda: "<p>text</p>".encode("utf-32"),
    "latin-1": lambda: "<p>café</p>".encode("latin-1"),
    "nul": lambda: b"<p>\x00</p>",
    "deep": lambda: b"<div>" * 50_000 + b"x",
    "tags": lambda: b"<b>" * 500_000,
    "spanning cells": lambda: (
        b"<table><tr>" + b"<td colspan=60 rowspan=2000>a" * 200 + b"</tr>" + b"<tr><td>b" * 2000
    ),
    "one wide row": lambda: b"<table><tr>" + b"<td>a" * 9_000 + b"</tr>" + b"<tr><td>b" * 9_000,
    "nothing": lambda: b"",
    "only a script": lambda: b"<html><script>x()</script></html>",
    "sections": lambda: b"<h1>T</h1>" + b"<h2>a</h2><p>b</p>" * 400,
}
BROKEN: dict[str, Callable[[], bytes]] = {
    "open comment": lambda: b"<p>text</p>" + b"<!--" * 400_000,
    "open tags": lambda: b"<p>text</p>" + b"<a " * 50_000,
    "open quotes": lambda: b"<p>text</p>" + b"<a b='" * 50_000 + b">",
    "declarations": lambda: b"<p>text</p>" + b"<!a" * 400_000,
    "instructions": lambda: b"<p>text</p>" + b"<?" * 50_000,
    "open script": lambda: b"<p>text</p><script>" + b"x" * 1_900_000,
    "ends": lambda: b"<p>text</p>" + b"</x" * 50_000,
    "entities": lambda: b"<p>text " + b"&amp" * 400_000,
    "attributes": lambda: b"<p " + b"a=b " * 400_000 + b">text</p>",
    "closing": lambda: b"<div>" * 250 + b"text" + b"</p></div>" * 5_000,
    "brackets": lambda: b"<p>" + b"[(" * 20_000 + b"</p><p>text</p>",
    "one word": lambda: b"<p>" + b"a" * 40_000 + b"</p>",
}
TEXTS: dict[str, Callable[[], bytes]] = {
    "heads": lambda: b"Recipient\nPurpose\nCountry\n" * 20_000,
    "table": lambda: b"Recipient\nPurpose\nLegal basis\n" + b"A\nB\nContract\n" * 600,
    "almost a table": lambda: b"Recipient\nPurpose\nLegal basis\n" + b"A,\nB,\nC,\n" * 600,
    "tabs": lambda: b"a\tb\n" * 1_000,
    "backticks": lambda: b"`" * 20_000 + b" text",
}


def in_time(raw: bytes, kind: Kind) -> None:
    started = time.process_time()
    try:
        draft_source(read_page(raw, kind=kind).page, Wanted())
    finally:
        assert time.process_time() - started < SECONDS


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_page_is_refused_in_time(name: str) -> None:
    with pytest.raises(BadInput):
        in_time(REFUSED[name](), Kind.HTML)


@pytest.mark.parametrize("name", BROKEN)
def test_broken_html_takes_no_longer(name: str) -> None:
    with suppress(BadInput):
        in_time(BROKEN[name](), Kind.HTML)


@pytest.mark.parametrize("name", TEXTS)
def test_odd_text_takes_no_longer(name: str) -> None:
    with suppress(BadInput):
        in_time(TEXTS[name](), Kind.TEXT)
