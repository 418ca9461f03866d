"""The prose of the sample is its own: no seven words in a row stand on the model page too.

``model_page.txt`` holds the beginnings of the digests of every seven words of that page, lower case
and without punctuation, so that its text need not lie here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from tests.sample.states import SAMPLE

IN_A_ROW = 7
DIGITS = 8
KNOWN = frozenset(Path(__file__).with_name("model_page.txt").read_text().split())
WORD = re.compile(r"[^\W_]+")


def rows(text: str) -> Iterator[str]:
    """Yield every seven words in a row."""
    words = WORD.findall(text.lower())
    for start in range(len(words) - IN_A_ROW + 1):
        yield " ".join(words[start : start + IN_A_ROW])


def is_known(row: str) -> bool:
    return hashlib.sha256(row.encode()).hexdigest()[:DIGITS] in KNOWN


def test_a_sentence_of_the_model_page_would_be_noticed() -> None:
    assert any(map(is_known, rows("…as necessary to provide you with the services or as…")))
    assert len(KNOWN) > 1000


def test_no_sentence_of_the_sample_is_taken_from_it() -> None:
    files = [file for file in SAMPLE.rglob("*") if file.suffix in {".yaml", ".md"}]

    taken = [
        f"{file.relative_to(SAMPLE)}: {row}"
        for file in files
        for row in rows(file.read_text(encoding="utf-8"))
        if is_known(row)
    ]

    assert len(files) > 50
    assert taken == []
