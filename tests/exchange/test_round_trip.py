"""What goes out comes back: units, states, placeholders and links, through every format."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_api.domain.blocks.base import TextForm
from policy_api.domain.translation.exchange import Format, export_units, read_file, receive
from policy_api.domain.translation.exchange_inline import Mark, numbered, pieces
from policy_api.domain.translation.units import State, work_units
from tests.exchange.texts import BODY, LOCALES, five, held, without
from tests.exchange.tools import Tool, compilers, judged, tools

FORMATS = list(Format)
TOOLS = [pytest.param(format_, tool, id=f"{format_}-{name}") for format_, name, tool in tools()]


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("locale", LOCALES)
def test_every_unit_and_state_comes_back_into_an_empty_locale(format_: Format, locale: str) -> None:
    source = five()
    raw = export_units(source, "privacy", locale=locale, format=format_)

    received = receive(without(source, locale), raw)

    after = without(source, locale).replace(received.edits)
    before = held(source, locale)
    assert received.refused == ()
    assert held(after, locale).keys() == before.keys()
    for unit, (text, state, outdated) in held(after, locale).items():
        was, state_before, was_outdated = before[unit]
        assert text == was
        assert not outdated
        assert state == ("draft" if was_outdated else state_before)


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("locale", LOCALES)
def test_an_untouched_file_changes_nothing(format_: Format, locale: str) -> None:
    source = five()
    raw = export_units(source, "privacy", locale=locale, format=format_)

    received = receive(source, raw)

    assert received.edits == {}
    assert received.refused == ()
    assert len(received.unchanged) == len(held(source, locale))
    assert (received.policy, received.locale) == ("privacy", locale)


@pytest.mark.parametrize(("format_", "tool"), TOOLS)
@pytest.mark.parametrize("locale", LOCALES)
def test_other_programs_keep_every_unit(format_: Format, tool: Tool, locale: str) -> None:
    source = five()
    raw = export_units(source, "privacy", locale=locale, format=format_)

    through = tool(raw)

    assert receive(source, through).edits == {}
    empty = receive(without(source, locale), through)
    assert empty.refused == ()
    texts = held(without(source, locale).replace(empty.edits), locale)
    expected = held(source, locale)
    assert {unit: each[0] for unit, each in texts.items()} == {
        unit: each[0] for unit, each in expected.items()
    }
    assert {unit for unit, each in texts.items() if each[1] == "approved"} == {
        unit for unit, each in expected.items() if each[1] == "approved" and not each[2]
    }


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("program", compilers())
def test_gettext_has_nothing_to_complain_of(program: str, locale: str) -> None:
    raw = export_units(five(), "privacy", locale=locale, format=Format.PO)

    assert judged(program, raw) == ""


@pytest.mark.parametrize("format_", FORMATS)
def test_the_same_units_give_the_same_bytes(format_: Format) -> None:
    once = export_units(five(), "privacy", locale="de", format=format_)
    again = export_units(five(), "privacy", locale="de", format=format_)

    assert once == again


@pytest.mark.parametrize("format_", [Format.XLIFF, Format.XLIFF_12])
def test_placeholders_and_links_are_out_of_a_translators_reach(format_: Format) -> None:
    raw = export_units(five(), "privacy", locale="de", format=format_).decode()

    words = re.sub(r"<(ph|data|note)\b[^>]*?(?:/>|>[^<]*</\1>)", "", raw)
    sources = "".join(re.findall(r"<source[^>]*>(.*?)</source>", words, flags=re.DOTALL))

    assert "Write to our team about ." in sources
    assert "{site.name}" not in sources
    assert "](" not in sources


def test_a_file_can_hold_only_what_is_to_do() -> None:
    source = five()
    raw = export_units(source, "privacy", locale="de", format=Format.XLIFF, only={State.MISSING})

    open_units = {u.id for u in work_units(source, "privacy", "de") if not u.is_current}
    assert {unit.id for unit in read_file(raw).units} == open_units


def test_a_split_text_is_joined_again() -> None:
    raw = b"""<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.1" srcLang="en"
      trgLang="de"><file id="f"><unit id="a:b"><segment state="translated"><source>One. </source>
      <target order="3">Zwei.</target></segment><ignorable><source> </source></ignorable>
      <segment state="final"><source>Two.</source><target order="1">Eins.</target></segment>
      </unit></file></xliff>"""

    unit = read_file(raw).units[0]

    assert (unit.id, unit.source, unit.target) == ("a/b", "One.  Two.", "Eins. Zwei.")
    assert unit.state is State.TRANSLATED


def test_a_half_translated_text_is_not_translated() -> None:
    raw = b"""<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.1" srcLang="en"
      trgLang="de"><file id="f"><unit id="a"><segment><source>One.</source><target>Eins.</target>
      </segment><segment><source>Two.</source></segment></unit></file></xliff>"""

    assert read_file(raw).units[0].target is None


def test_codes_of_other_programs_are_turned_back() -> None:
    raw = b"""<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2"><file
      original="policies/p" source-language="en" target-language="de" datatype="x"><body>
      <trans-unit id="a"><source>x</source><target state="final"><g id="1">Ab</g> <bpt id="2">**
      </bpt>c<x id="3" equiv-text="{site.name}"/><mrk mtype="x">d</mrk></target></trans-unit>
      </body></file></xliff>"""

    unit = read_file(raw).units[0]

    assert " ".join((unit.target or "").split()) == "Ab ** c{site.name}d"
    assert unit.state is State.APPROVED


def test_a_code_that_says_nothing_is_named() -> None:
    raw = b"""<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.1" srcLang="en"
      trgLang="de"><file id="f"><unit id="a"><segment><source>x</source><target><ph id="1"/>
      </target></segment></unit></file></xliff>"""

    assert "<ph>" in read_file(raw).units[0].fault


TEXTS = st.text(
    alphabet=st.sampled_from("ab []()<>{}\\`\n.*_!-1é字"),
    max_size=60,
) | st.lists(
    st.sampled_from(
        ["[a](https://x.org)", "{site.name}", "[", "](", "](x)", "\\[", "<mailto:a@b.c>", "w ", "}"]
    ),
    max_size=8,
).map("".join)


@given(text=TEXTS, form=st.sampled_from(TextForm))
def test_pieces_joined_are_the_text(text: str, form: TextForm) -> None:
    parts = pieces(text, form)

    assert "".join(part.text if isinstance(part, Mark) else part for part in parts) == text
    assert all(part if isinstance(part, str) else part.text for part in parts)


@given(source=TEXTS, target=TEXTS)
def test_every_mark_has_an_id_of_its_own(source: str, target: str) -> None:
    sides = [pieces(text, TextForm.MARKDOWN) for text in (source, target)]
    ids = numbered(*sides)

    every = [each for known in ids.values() for each in known]
    assert len(every) == len(set(every))
    for side in sides:
        marks = [piece for piece in side if isinstance(piece, Mark)]
        assert all(len(ids[mark]) >= marks.count(mark) for mark in marks)


def test_a_link_is_two_marks_around_its_words() -> None:
    unit = next(each for each in work_units(five(), "privacy", "de") if each.id == BODY)

    marks = [part.text for part in pieces(unit.source, unit.form) if isinstance(part, Mark)]

    assert marks == ["[", "](https://example.org/team?a=1&b=(2))", "{site.name}"]
