"""What a file may change, and what is refused with its reason."""

from __future__ import annotations

import pytest

from policy_api.domain.blocks.base import TextForm
from policy_api.domain.content.texts import text_hash
from policy_api.domain.translation.exchange import Format, Received, export_units, receive
from policy_api.domain.translation.exchange_files import SAME, Work
from policy_api.domain.translation.po import write as write_po
from policy_api.domain.translation.units import State, WorkUnit, work_units
from policy_api.domain.translation.xliff import write as write_xliff
from policy_api.domain.translation.xliff12 import write as write_xliff12
from policy_api.errors import BadInput, NotFound
from tests.exchange.texts import BODY, CURRENT_HEADING, LINKED, with_body

HEADING = "policies/privacy/locales/de/sections/welcome"
WRITERS = {Format.XLIFF: write_xliff, Format.XLIFF_12: write_xliff12, Format.PO: write_po}
LINE = "tables/services/rows/payments/purpose"
GOOD = "Schreiben Sie an [unser Team](https://example.org/de) zu {site.name}.\n\n- 30 Tage"


def returned(
    unit_id: str,
    target: str,
    *,
    source: str | None = None,
    state: State = State.TRANSLATED,
    format_: Format = Format.XLIFF,
) -> bytes:
    """Return a file with one unit, as a translator's program would write it."""
    unit = next(
        (u for u in work_units(with_body(LINKED), "privacy", "de") if u.id == unit_id), None
    )
    text = source if source is not None else unit.source if unit else "?"
    form = unit.form if unit else TextForm.LINE
    written = WorkUnit(
        id=unit_id, entry="", address=unit_id, form=form, source=text, heading="", context="",
        target=target, state=state,
    )  # fmt: skip
    work = Work(policy="privacy", source_locale="en", locale="de", units=(written,))
    return WRITERS[format_](work).replace(SAME.encode(), b"")


def reasons(received: Received) -> list[str]:
    return [each.reason.value for each in received.refused]


@pytest.mark.parametrize("format_", list(Format))
def test_a_translation_is_stored_with_what_it_was_made_from(format_: Format) -> None:
    source = with_body(LINKED)

    received = receive(source, returned(BODY, GOOD, format_=format_))

    assert received.accepted == (BODY,)
    unit = received.edits[HEADING]["units"]["blocks/intro/markdown"]
    assert unit == {"text": GOOD, "state": "translated", "source_hash": text_hash(LINKED)}


def test_what_the_locale_had_before_stays() -> None:
    received = receive(with_body(LINKED), returned(BODY, GOOD))

    assert received.edits[HEADING]["units"]["heading"]["text"] == "Willkommen"


def test_a_machines_work_is_marked_as_such() -> None:
    received = receive(with_body(LINKED), returned(BODY, GOOD), origin="machine")

    assert received.edits[HEADING]["units"]["blocks/intro/markdown"]["origin"] == "machine"


def test_nobody_gets_beyond_the_highest_state() -> None:
    raw = returned(BODY, GOOD, state=State.APPROVED)

    received = receive(with_body(LINKED), raw, highest=State.TRANSLATED)

    assert received.edits[HEADING]["units"]["blocks/intro/markdown"]["state"] == "translated"


REFUSED = [
    (BODY, GOOD.replace("{site.name}", "uns"), "placeholder"),
    (BODY, f"{GOOD} {{site.host}}", "placeholder"),
    (BODY, f"{GOOD} {{site.__init__.__globals__}}", "placeholder"),
    (BODY, "Schreiben Sie zu {site.name}.\n\n- 30 Tage", "link"),
    (BODY, GOOD.replace("https://example.org", "https://evil.example"), "link"),
    (BODY, f"{GOOD} [mehr](https://evil.example)", "link"),
    (BODY, f"{GOOD} [mehr](javascript:alert(1))", "markup"),
    (BODY, GOOD.replace("30", "60"), "number"),
    (BODY, f"{GOOD} <script>alert(1)</script>", "markup"),
    (BODY, f"{GOOD} ![Bild](https://example.org/x.png)", "markup"),
    (BODY, f"{GOOD} \u202eabc", "characters"),
    (BODY, f"{GOOD} \ufeff", "characters"),
    (BODY, f"{GOOD} {'x' * 50_001}", "too_long"),
    (LINE, "x" * 2_001, "too_long"),
    (LINE, "eins\nzwei", "markup"),
    (BODY, LINKED, "copied"),
    (LINE, "Takes  payments.", "copied"),
    ("sections/gone/heading", "Weg", "unknown_unit"),
    ("../../organization", "Weg", "unknown_unit"),
    ("", "Weg", "unknown_unit"),
]


@pytest.mark.parametrize(("unit", "target", "reason"), REFUSED)
def test_what_cannot_be_a_translation_is_refused(unit: str, target: str, reason: str) -> None:
    received = receive(with_body(LINKED), returned(unit, target))

    assert reasons(received) == [reason]
    assert received.edits == {}


def test_a_translation_of_an_older_text_is_refused() -> None:
    received = receive(with_body(LINKED), returned(BODY, GOOD, source="Another text."))

    assert reasons(received) == ["source_moved"]


def test_white_space_of_the_source_does_not_count() -> None:
    raw = returned(BODY, GOOD, source=f"  {LINKED} ")

    assert receive(with_body(LINKED), raw).accepted == (BODY,)


@pytest.mark.parametrize("format_", list(Format))
def test_a_copy_is_stored_where_the_translator_says_so(format_: Format) -> None:
    raw = returned(LINE, "Takes payments.", format_=format_)
    marks = {
        Format.XLIFF: (b"</notes>", b'<note id="t">Same as source.</note></notes>'),
        Format.XLIFF_12: (b"</trans-unit>", b"<note>same as source</note></trans-unit>"),
        Format.PO: (b"msgctxt", b"# same as source\nmsgctxt"),
    }

    marked = receive(with_body(LINKED), raw.replace(*marks[format_]))

    assert reasons(receive(with_body(LINKED), raw)) == ["copied"]
    assert marked.accepted == (LINE,)


def test_a_text_without_words_may_read_the_same() -> None:
    source = with_body("[https://example.org](https://example.org) {site.name}")
    raw = export_units(source, "privacy", locale="de", format=Format.PO)
    raw = raw.replace(
        b'msgid "[https://example.org](https://example.org) {site.name}"\nmsgstr ""',
        b'msgid "[https://example.org](https://example.org) {site.name}"\n'
        b'msgstr "[https://example.org](https://example.org) {site.name}"',
    )

    assert receive(source, raw).accepted == (BODY,)


@pytest.mark.parametrize(
    ("source", "target", "taken"),
    [
        ("1,000 files", "1.000 Dateien", True),
        ("1,000 files", "1 000 Dateien", True),
        ("1,000 files", "10.000 Dateien", False),
        ("2.5 years", "2,5 Jahre", True),
        ("30 days", "٣٠ يوما", True),
        ("30 days", "dreißig Tage", False),
        ("thirty days", "30 Tage", True),
        ("Art. 6 and 7", "Art. 7 und 6", True),
    ],
)
def test_numbers_are_told_by_value(source: str, target: str, taken: bool) -> None:  # noqa: FBT001
    raw = returned(BODY, target, source=source)

    assert bool(receive(with_body(source), raw).accepted) is taken


def test_a_file_that_says_two_things_is_refused_for_the_second() -> None:
    raw = returned(LINE, "Wickelt Zahlungen ab.")
    start, end = raw.index(b"<unit"), raw.index(b"</file>")
    twice = raw[:end] + raw[start:end].replace(b"Wickelt", b"Wickeln") + raw[end:]

    assert reasons(receive(with_body(LINKED), twice)) == ["twice"]


def test_an_outdated_translation_fits_again_once_somebody_says_so() -> None:
    german = {
        HEADING: {"units": {"heading": {"text": "Willkommen", "source_hash": text_hash("Hello")}}}
    }
    source = with_body(LINKED, **german)

    untouched = receive(source, export_units(source, "privacy", locale="de", format=Format.XLIFF))
    confirmed = receive(source, returned(CURRENT_HEADING, "Willkommen"))

    assert untouched.edits == {}
    assert confirmed.accepted == (CURRENT_HEADING,)
    stored = confirmed.edits[HEADING]["units"]["heading"]
    assert (stored["source_hash"], stored["state"]) == (text_hash("Welcome"), "translated")


def test_an_outdated_translation_is_not_confirmed_with_an_old_number() -> None:
    held = {"text": GOOD, "source_hash": text_hash(LINKED)}
    source = with_body(
        LINKED.replace("30", "60"), **{HEADING: {"units": {"blocks/intro/markdown": held}}}
    )

    raw = returned(BODY, GOOD, source=LINKED.replace("30", "60"))

    assert reasons(receive(source, raw)) == ["number"]


def test_a_file_does_not_take_an_approval_back() -> None:
    german = {
        HEADING: {"units": {"heading": {"text": "Hallo", "source_hash": text_hash("Welcome")}}}
    }

    received = receive(with_body(LINKED, **german), returned(CURRENT_HEADING, "Hallo"))

    assert received.unchanged == (CURRENT_HEADING,)
    assert received.edits == {}


def test_a_reviewer_approves_by_state_alone() -> None:
    held = {"text": "Hallo", "state": "translated", "source_hash": text_hash("Welcome")}
    source = with_body(LINKED, **{HEADING: {"units": {"heading": held}}})

    received = receive(source, returned(CURRENT_HEADING, "Hallo", state=State.APPROVED))

    assert received.edits[HEADING]["units"]["heading"]["state"] == "approved"


def test_an_approval_in_po_counts_only_for_the_words_that_were_approved() -> None:
    raw = returned(LINE, "Wickelt Zahlungen ab.", state=State.APPROVED, format_=Format.PO)

    same = receive(with_body(LINKED), raw)
    changed = receive(with_body(LINKED), raw.replace(b"Wickelt", b"Handelt"))

    assert [each["state"] for each in _stored(same)] == ["approved"]
    assert [each["state"] for each in _stored(changed)] == ["translated"]


def _stored(received: Received) -> list[dict[str, str]]:
    return [
        unit
        for entry in received.edits.values()
        for address, unit in entry["units"].items()
        if address.endswith("payments/purpose")
    ]


def test_a_file_for_another_policy_or_locale_is_refused() -> None:
    raw = returned(LINE, "Wickelt Zahlungen ab.")

    with pytest.raises(BadInput, match="for the locale “de”"):
        receive(with_body(LINKED), raw, locale="fr")
    with pytest.raises(BadInput, match="for the policy “privacy”"):
        receive(with_body(LINKED), raw, policy="cookies")
    with pytest.raises(NotFound):
        receive(with_body(LINKED), raw.replace(b"policies/privacy", b"policies/other"))


def test_the_source_locale_cannot_be_translated_into() -> None:
    with pytest.raises(BadInput, match="is written in en"):
        export_units(with_body(LINKED), "privacy", locale="en", format=Format.PO)


def test_a_po_file_without_a_header_needs_to_be_told() -> None:
    raw = b'msgctxt "tables/services/rows/payments/purpose"\nmsgid "Takes payments."\n'
    raw += b'msgstr "Wickelt Zahlungen ab."\n'

    with pytest.raises(BadInput, match="does not name its policy"):
        receive(with_body(LINKED), raw)
    assert receive(with_body(LINKED), raw, policy="privacy", locale="de").accepted == (LINE,)
