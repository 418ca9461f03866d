"""Word-level redlines: which words of a text went and which came."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from operator import itemgetter

from rapidfuzz.distance import LCSseq

EQUAL, INSERT, DELETE = "equal", "insert", "delete"

Op = tuple[str, str]
"""``equal``, ``insert`` or ``delete``, and the text."""

MAX_CELLS = 60_000_000
"""Words before times words after that are compared one by one: about 20 ms.

A longer stretch without a common paragraph is shown as replaced.
"""

MAX_PAIRS = 100
"""Paragraphs before times paragraphs after that are searched for counterparts."""

SAME_PARAGRAPH = 0.5
"""Share of words in common from which on a paragraph is the same one, rewritten."""

_WITHOUT_SPACES = (
    r"\u0e00-\u0eff"  # Thai, Lao
    r"\u1000-\u109f\u1780-\u17ff"  # Myanmar, Khmer
    r"\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Japanese, Chinese
    r"\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
"""Scripts that are written without spaces: every character is a word."""

_MARKS = (
    r"\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece"
    r"\u102b-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064\u1067-\u106d\u1071-\u1074"
    r"\u1082-\u108d\u108f\u109a-\u109d\u17b4-\u17d3\u17dd\u200c\u200d\u3099\u309a\uff9e\uff9f"
    r"\ufe00-\ufe0f\U000e0100-\U000e01ef"
)
"""Signs that belong to the character before them."""

_PUNCTUATION = (
    r"!-/:-@\[-`{-~\u00a1-\u00bf\u2010-\u2027\u2030-\u205e\u3000-\u303f\uff01-\uff0f\uff1a-\uff20"
)

_TOKEN = re.compile(
    rf"\s+|[{_WITHOUT_SPACES}][{_MARKS}]*|[^\s{_WITHOUT_SPACES}{_PUNCTUATION}]+|.[{_MARKS}]*",
    re.DOTALL,
)

_PARAGRAPH = re.compile(r".+?(?:\n[^\S\n]*\n\s*|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Redline:
    """The difference of two texts.

    Equal and deleted texts joined give the text before, equal and inserted ones the text after.
    """

    ops: tuple[Op, ...]

    @property
    def html(self) -> str:
        """The texts, escaped, with ``<ins>`` and ``<del>`` around what came and went."""
        return "".join(_marked(name, text) for name, text in self.ops)


def redline(before: str, after: str) -> Redline:
    """Return the difference of two texts: by paragraph first, then by word."""
    old, new = _PARAGRAPH.findall(before), _PARAGRAPH.findall(after)
    ops: list[Op] = []
    for is_equal, gone, come in _stretches(old, new):
        if is_equal:
            ops.append((EQUAL, "".join(gone)))
            continue
        for left, right in _counterparts(gone, come):
            ops += _words("".join(left), "".join(right))
    return Redline(tuple(_joined(ops)))


def _counterparts(
    old: Sequence[str], new: Sequence[str]
) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Yield paragraphs with those that they became, in order, and the others between them.

    The pairs are those that have the most in common as a whole and do not cross.
    """
    if len(old) * len(new) > MAX_PAIRS or len(old) == len(new) == 1:
        yield old, new
        return
    left = right = 0
    for old_at, new_at in _alike(old, new):
        yield old[left:old_at], new[right:new_at]
        yield old[old_at : old_at + 1], new[new_at : new_at + 1]
        left, right = old_at + 1, new_at + 1
    yield old[left:], new[right:]


def _alike(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Return indexes of the paragraphs that go together, by dynamic programming."""
    best: list[list[tuple[float, list[tuple[int, int]]]]]
    best = [[(0.0, [])] * (len(new) + 1) for _ in range(len(old) + 1)]
    cells = MAX_CELLS // max(len(old) * len(new), 1)
    before, after = ([_words_of(text) for text in side] for side in (old, new))
    for i, left in enumerate(before):
        for j, right in enumerate(after):
            found = max(best[i][j + 1], best[i + 1][j], key=itemgetter(0))
            common = _likeness(left, right) if len(left) * len(right) <= cells else 0.0
            if common and best[i][j][0] + common > found[0]:
                found = best[i][j][0] + common, [*best[i][j][1], (i, j)]
            best[i + 1][j + 1] = found
    return best[-1][-1][1]


def _words_of(text: str) -> list[str]:
    return [token for token in tokens(text) if not token.isspace()]


def _likeness(old: Sequence[str], new: Sequence[str]) -> float:
    """Return how much two paragraphs have in common; 0 if they are not the same paragraph."""
    return LCSseq.normalized_similarity(old, new, score_cutoff=SAME_PARAGRAPH)


def tokens(text: str) -> list[str]:
    """Return the words, spaces and signs of a text; joined they are the text."""
    return _TOKEN.findall(text)


def _words(before: str, after: str) -> list[Op]:
    """Compare the words of a stretch that has no paragraph in common."""
    old, new = tokens(before), tokens(after)
    start = _common_length(old, new)
    end = _common_length(old[start:][::-1], new[start:][::-1])
    middle = old[start : len(old) - end], new[start : len(new) - end]
    ops = [(EQUAL, "".join(old[:start])), *_compared(*middle)]
    return [*ops, (EQUAL, "".join(old[len(old) - end :]))]


def _common_length(old: Sequence[str], new: Sequence[str]) -> int:
    for index, (left, right) in enumerate(zip(old, new, strict=False)):
        if left != right:
            return index
    return min(len(old), len(new))


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[Op]:
    edits: list[_Edit] = []
    kept = ""
    for is_equal, gone, come in _stretches(old, new):
        if is_equal:
            kept = "".join(gone)
        else:
            _add(edits, _Edit(kept=kept, gone="".join(gone), come="".join(come)))
            kept = ""
    for edit in edits:
        yield EQUAL, edit.kept
        yield from _edit(edit.gone, edit.come)
    yield EQUAL, kept


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edit:
    kept: str
    """What stayed, in front of the edit."""

    gone: str
    come: str

    @property
    def length(self) -> int:
        return max(len(self.gone), len(self.come))


def _add(edits: list[_Edit], edit: _Edit) -> None:
    """Append an edit; what stayed in front goes with it if too small to help a reader.

    Too small is only space, or no longer than what changed on either side of it.
    """
    while edits and _is_crumb(edit.kept, min(edits[-1].length, edit.length)):
        last = edits.pop()
        edit = _Edit(
            kept=last.kept,
            gone=last.gone + edit.kept + edit.gone,
            come=last.come + edit.kept + edit.come,
        )
    edits.append(edit)


def _is_crumb(kept: str, around: int) -> bool:
    return kept.isspace() or len(kept) <= around


def _edit(gone: str, come: str) -> Iterator[Op]:
    yield DELETE, gone
    yield INSERT, come


def _stretches(
    old: Sequence[str], new: Sequence[str]
) -> Iterator[tuple[bool, Sequence[str], Sequence[str]]]:
    """Yield stretches that are equal, and one for all that differs between two of them."""
    if len(old) * len(new) > MAX_CELLS:
        yield False, old, new
        return
    gone: list[str] = []
    come: list[str] = []
    for found in LCSseq.opcodes(old, new):
        if found.tag != EQUAL:
            gone += old[found.src_start : found.src_end]
            come += new[found.dest_start : found.dest_end]
            continue
        if gone or come:
            yield False, gone, come
            gone, come = [], []
        yield True, old[found.src_start : found.src_end], ()
    if gone or come:
        yield False, gone, come


def _joined(ops: Iterable[Op]) -> Iterator[Op]:
    """Yield ops without empty ones, neighbours of one name as one."""
    filled = (op for op in ops if op[1])
    for name, group in groupby(filled, key=itemgetter(0)):
        yield name, "".join(text for _, text in group)


def _marked(name: str, text: str) -> str:
    tag = {INSERT: "ins", DELETE: "del"}.get(name)
    return escape(text) if tag is None else f"<{tag}>{escape(text)}</{tag}>"
