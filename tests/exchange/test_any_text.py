"""Whatever people write, it goes through every format and through other programs unharmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from policy_api.domain.content.source import Source
from policy_api.domain.content.texts import text_hash
from policy_api.domain.entries.base import load_entry
from policy_api.domain.translation.exchange import Format, export_units, read_file, receive
from policy_api.domain.translation.units import State, WorkUnit, work_units
from policy_api.errors import BadInput
from tests.domain.sources import source
from tests.exchange.texts import LOCALES, without
from tests.exchange.tools import Tool, tools

SECTION = "policies/privacy/sections/welcome"
STATES = [State.DRAFT, State.TRANSLATED, State.APPROVED]

WORDS = st.text(
    alphabet=st.sampled_from(
        " abzÄß…–“”«»'\"\\&<>;%$#@|~^=+-.,!?\u00a0\u202fعربي日本語👩\u200d🌾é"
    ),
    min_size=1,
    max_size=24,
)
KEPT = st.sampled_from(
    [
        "{site.name}",
        "[a](https://example.org/x?a=1&b=2)",
        "<https://example.org/y>",
        "**b**",
        "`c`",
        "\n\n",
        "\n- d",
        "30",
        "\\[",
    ]
)


@dataclass(frozen=True)
class Texts:
    """A heading and a passage, in the source and in a translation."""

    heading: str
    body: str
    other_heading: str
    other_body: str
    states: Sequence[State]
    is_outdated: bool


@st.composite
def texts(draw: st.DrawFn) -> Texts:
    """Draw texts whose translation keeps marks and numbers, in another order."""
    kept = draw(st.lists(KEPT, max_size=6))
    turned = draw(st.permutations(kept))

    def woven(marks: Sequence[str]) -> str:
        return "".join(f"{draw(WORDS)} {mark} {draw(WORDS)}" for mark in marks) or draw(WORDS)

    return Texts(
        heading=draw(WORDS),
        body=woven(kept),
        other_heading=draw(WORDS),
        other_body=woven(turned),
        states=draw(st.lists(st.sampled_from(STATES), min_size=2, max_size=2)),
        is_outdated=draw(st.booleans()),
    )


def policy(of: Texts, locale: str) -> Source:
    """Return a policy with texts in two languages; what nobody can write is drawn again."""
    blocks = [{"key": "intro", "kind": "text", "markdown": of.body}]
    try:
        section = load_entry(SECTION, {"heading": of.heading, "blocks": blocks})
        base = source({SECTION: section})
        path = f"policies/privacy/locales/{locale}/sections/welcome"
        addresses = {"heading": of.other_heading, "blocks/intro/markdown": of.other_body}
        written = {unit.id.removeprefix("sections/welcome/"): unit for unit in _units(base, locale)}
        units = {
            address: {
                "text": text,
                "state": state.value,
                "source_hash": text_hash("once")
                if of.is_outdated and address == "heading"
                else written[address].source_hash,
            }
            for (address, text), state in zip(addresses.items(), of.states, strict=True)
        }
        return base.replace({path: load_entry(path, {"units": units})})
    except BadInput:
        assume(condition=False)
        raise


def _units(of: Source, locale: str) -> list[WorkUnit]:
    return [
        unit
        for unit in work_units(of, "privacy", locale)
        if unit.id.startswith("sections/welcome/")
    ]


def shown(of: Source, locale: str) -> dict[str, tuple[str | None, State, bool]]:
    return {
        unit.id: (unit.target, unit.state, unit.outdated)
        for unit in work_units(of, "privacy", locale)
        if unit.target is not None
    }


@pytest.mark.parametrize("format_", list(Format))
@given(drawn=texts(), locale=st.sampled_from(LOCALES))
def test_an_untouched_file_changes_nothing(format_: Format, drawn: Texts, locale: str) -> None:
    whole = policy(drawn, locale)

    received = receive(whole, export_units(whole, "privacy", locale=locale, format=format_))

    assert received.refused == ()
    assert received.edits == {}


@pytest.mark.parametrize("format_", list(Format))
@given(drawn=texts(), locale=st.sampled_from(LOCALES))
def test_a_file_brings_every_text_and_state(format_: Format, drawn: Texts, locale: str) -> None:
    whole = policy(drawn, locale)
    raw = export_units(whole, "privacy", locale=locale, format=format_)

    received = receive(without(whole, locale), raw)

    before = shown(whole, locale)
    after = shown(without(whole, locale).replace(received.edits), locale)
    refused = {each.unit: each.reason.value for each in received.refused}
    # Words that happen to say a number more or less are refused, and nothing else is.
    assert set(refused.values()) <= {"copied", "markup"}
    assert after == {
        unit: (text, State.DRAFT if outdated else state, False)
        for unit, (text, state, outdated) in before.items()
        if unit not in refused
    }


@pytest.mark.parametrize("format_", list(Format))
@given(drawn=texts(), locale=st.sampled_from(LOCALES))
def test_the_source_of_every_unit_reads_as_before(
    format_: Format, drawn: Texts, locale: str
) -> None:
    whole = policy(drawn, locale)
    raw = export_units(whole, "privacy", locale=locale, format=format_)

    written = {unit.id: unit.source for unit in work_units(whole, "privacy", locale)}

    assert {unit.id: text_hash(unit.source) for unit in read_file(raw).units} == {
        unit: text_hash(text) for unit, text in written.items()
    }


@pytest.mark.parametrize(
    ("format_", "tool"),
    [pytest.param(format_, tool, id=f"{format_}-{name}") for format_, name, tool in tools()],
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=texts(), locale=st.sampled_from(LOCALES))
def test_other_programs_change_no_text(
    format_: Format, tool: Tool, drawn: Texts, locale: str
) -> None:
    whole = policy(drawn, locale)

    through = tool(export_units(whole, "privacy", locale=locale, format=format_))

    received = receive(whole, through)
    assert received.refused == ()
    assert received.edits == {}
