"""Files that try to exhaust or to mislead are refused quickly and in little memory."""

from __future__ import annotations

import contextlib
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from policy_api.domain.translation.exchange import read_file
from policy_api.errors import BadInput

HEAD = '<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.1"><file id="f">'
ROOT = Path(__file__).parents[2]
SECONDS, EXTRA_KIB = 2.0, 50 * 1024
PO_HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset={}\\n"\n\n'
BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha" * 10}">' for n in range(10))


def utf8(text: str) -> bytes:
    return text.encode()


def nested(name: str, count: int) -> bytes:
    return (HEAD + f"<{name}>" * count).encode()


def units(count: int) -> str:
    return HEAD + "<unit/>" * count + "</file></xliff>"


FILES: Final[dict[str, Callable[[], bytes]]] = {
    "billion laughs": lambda: utf8(f"<!DOCTYPE x [{BOMB}]><xliff>&e9;</xliff>"),
    "quadratic": lambda: utf8(
        f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]><xliff>{"&a;" * 50_000}</xliff>'
    ),
    "external entity": lambda: (
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xliff>&a;</xliff>'
    ),
    "external dtd": lambda: b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><xliff/>',
    "parameter entity": lambda: (
        b'<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x">%a;]><xliff/>'
    ),
    "utf-7": lambda: b'<?xml version="1.0" encoding="UTF-7"?>+ADw-xliff+AD4-',
    "utf-16": lambda: units(3).encode("utf-16"),
    "utf-16 without mark": lambda: units(3).encode("utf-16-le"),
    "utf-32": lambda: units(3).encode("utf-32"),
    "latin-1": lambda: b'<?xml version="1.0" encoding="ISO-8859-1"?><xliff>\xe9</xliff>',
    "latin-1 undeclared": lambda: b"<xliff>\xe9</xliff>",
    "unknown encoding": lambda: b'<?xml version="1.0" encoding="x-evil"?><xliff/>',
    "50 MB": lambda: b"<xliff>" + b"a" * 50_000_000 + b"</xliff>",
    "deep": lambda: nested("mrk", 400_000),
    "wide": lambda: units(560_000).encode(),
    "attributes": lambda: utf8("<xliff " + " ".join(f'a{n}=""' for n in range(300_000)) + "/>"),
    "unclosed": lambda: utf8(HEAD + "<unit>" * 30),
    "not xliff": lambda: b"<html><body>x</body></html>",
    "nul": lambda: b"<xliff>\x00</xliff>",
    "po 50 MB": lambda: b'msgid "a"\nmsgstr "b"\n' * 2_500_000,
    "po lines": lambda: b"#\n" * 1_000_000,
    "po plurals": lambda: (
        b'msgid ""\nmsgstr "Plural-Forms: nplurals=9999999999; plural=0;\\n"\n\n'
        b'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\n'
    ),
    "po plural digits": lambda: (
        b'msgid ""\nmsgstr "Plural-Forms: nplurals=' + b"9" * 5_000 + b'; plural=0;\\n"\n\n'
    ),
    "po utf-7": lambda: PO_HEAD.format("UTF-7").encode(),
    "po utf-16": lambda: PO_HEAD.format("UTF-8").encode("utf-16"),
    "po latin-1": lambda: PO_HEAD.format("ISO-8859-1").encode(),
    "po nonsense": lambda: b"this is no file\nof translations\n",
    "po no string": lambda: b'msgid "a"\n',
    "po stray": lambda: b'"stray"\n',
    "po locale": lambda: b'msgid ""\nmsgstr "Language: ../../etc\\n"\n',
    "po date": lambda: b'msgid ""\nmsgstr "POT-Creation-Date: 99999999\\n"\n',
    "empty": lambda: b"",
    "blank": lambda: b" \n ",
}
HARMLESS = {"empty", "blank"}
"""They hold nothing, and that is what is read from them."""

LARGE: Final[dict[str, Callable[[], bytes]]] = {
    "many units": lambda: units(140_000).encode(),
    "one text": lambda: utf8(HEAD + "a" * 4_000_000 + "</file></xliff>"),
    "text in pieces": lambda: utf8(HEAD + "a\n" * 1_900_000 + "</file></xliff>"),
    "po messages": lambda: "".join(f'msgid "{n}"\nmsgstr "x"\n\n' for n in range(19_000)).encode(),
    "po one text": lambda: b'msgid "a"\nmsgstr "' + b"b" * 2_000_000 + b'"\n',
    "po escapes": lambda: b'msgid "a"\nmsgstr "' + b"\\\\" * 1_000_000 + b'"\n',
    "po flags": lambda: b"#, " + b"a," * 900_000 + b'\nmsgid "a"\nmsgstr "b"\n',
}
"""As large as files may be: they are read, and that must not cost more."""


@pytest.mark.parametrize("name", [name for name in FILES if name not in HARMLESS])
def test_a_hostile_file_is_refused_in_time(name: str) -> None:
    raw = FILES[name]()
    started = time.process_time()

    with pytest.raises(BadInput):
        read_file(raw)

    assert time.process_time() - started < SECONDS


@pytest.mark.parametrize("name", sorted(HARMLESS))
def test_a_file_with_nothing_in_it_says_nothing(name: str) -> None:
    assert read_file(FILES[name]()).units == ()


@pytest.mark.parametrize("name", [*FILES, *LARGE])
def test_no_file_takes_much_memory_or_time(name: str) -> None:
    done = subprocess.run(
        [sys.executable, __file__, name],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
    )
    seconds, extra = map(float, done.stdout.split())

    assert seconds < SECONDS
    assert extra < EXTRA_KIB


def _measure(name: str) -> None:
    """Print how long reading a file took and by how much the process grew."""
    raw = {**FILES, **LARGE}[name]()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    with contextlib.suppress(BadInput):
        read_file(raw)
    seconds = time.process_time() - started
    extra = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    sys.stdout.write(f"{seconds} {extra}\n")


if __name__ == "__main__":
    _measure(sys.argv[1])
