"""Whatever an author leaves out, rules judge the rest and say it in whole sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from policy_api.domain.entries.checks import check_source
from policy_api.domain.linting.base import LINT_RULES
from policy_api.domain.linting.runner import packs
from policy_api.errors import BadInput
from tests.linting.complete import Situation, entries

Way = tuple[str | int, ...]
UNFILLED = re.compile(r"\{(?:name|recipient|data|country|language|parts|rights|title|date)\}")


def ways(value: Any, before: Way = ()) -> Iterator[Way]:  # noqa: ANN401 -- any JSON
    """Yield the way to every field and list member."""
    members: Any = ()
    if isinstance(value, dict):
        members = value.items()
    elif isinstance(value, list):
        members = enumerate(value)
    for step, inner in members:
        yield (*before, step)
        yield from ways(inner, (*before, step))


WAYS = sorted(ways(entries()), key=str)


def remove(value: Any, way: Way) -> None:  # noqa: ANN401 -- any JSON
    """Take something out, if it is still there."""
    *before, last = way
    for step in before:
        try:
            value = value[step]
        except (KeyError, IndexError):
            return
    if isinstance(value, dict):
        value.pop(last, None)
    elif isinstance(last, int) and last < len(value):
        del value[last]


@settings(max_examples=200, deadline=None)
@given(gone=st.lists(st.sampled_from(WAYS), min_size=1, max_size=6), known=st.booleans())
def test_rules_judge_whatever_is_there(gone: list[Way], known: bool) -> None:  # noqa: FBT001 -- hypothesis names it
    situation = Situation(packs=packs())
    for way in gone:
        remove(situation.entries, way)
    if not known:
        situation.release = None
    try:
        source = situation.source()
    except (BadInput, KeyError):
        reject()
    assume(not check_source(source))

    report = situation.report()

    assert set(report.verdicts()) == set(LINT_RULES.names())
    assert all(found.entry in source for found in report.findings)
    assert not [text for each in report.findings if UNFILLED.search(text := each.text("de"))]
