"""Bundles: what is written is read back, word for word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policy_api.domain.content.source import Source
from policy_api.domain.content.yaml_writer import yaml_text
from policy_api.domain.entries.base import load_entry
from policy_api.domain.entries.bundle import bundle_bytes, bundle_files, read_bundle, write_bundle
from policy_api.errors import BadInput, Conflict
from tests.domain.bundles import RECIPIENT, written, zipped
from tests.domain.examples import EXAMPLES, examples


def example() -> Source:
    return Source.from_entries(examples())


def test_what_is_written_is_read_back() -> None:
    source = example()

    raw = bundle_bytes(source)

    assert read_bundle(raw).source == source
    assert bundle_bytes(read_bundle(raw).source) == raw


def test_equal_sources_give_equal_bytes() -> None:
    turned = {path: _turned(entry) for path, entry in reversed(EXAMPLES.items())}

    assert bundle_bytes(Source.from_entries(turned)) == bundle_bytes(example())


def _turned(value: Any) -> Any:  # noqa: ANN401 -- JSON
    if isinstance(value, dict):
        return {name: _turned(inner) for name, inner in reversed(value.items())}
    return [_turned(each) for each in value] if isinstance(value, list) else value


def test_a_folder_and_a_zip_hold_the_same(tmp_path: Path) -> None:
    write_bundle(example(), tmp_path / "folder")
    write_bundle(example(), tmp_path / "bundle.zip")

    assert read_bundle(tmp_path / "folder").source == example()
    assert read_bundle(tmp_path / "bundle.zip").source == example()
    assert (tmp_path / "folder/policies/privacy.yaml").is_file()
    assert (tmp_path / "folder/policies/privacy").is_dir()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    written(tmp_path, {RECIPIENT: "name: Mine"})

    with pytest.raises(Conflict):
        write_bundle(example(), tmp_path)


@pytest.mark.parametrize("path", ["../payer", "/etc/payer", "recipients/../payer"])
def test_nothing_is_written_outside_a_bundle(path: str, tmp_path: Path) -> None:
    source = Source.from_entries({path: {"name": "Payer"}})

    with pytest.raises(BadInput):
        write_bundle(source, tmp_path / "bundle")

    assert list(tmp_path.iterdir()) == []


def test_a_file_is_pleasant_to_read() -> None:
    files = dict(bundle_files(example()))

    assert files["policies/privacy/overlays/forum.yaml"].startswith(
        "ops:\n"
        "  - op: override\n"
        "    target: sections/welcome/blocks/promise\n"
        "    field: markdown\n"
        "    value: |\n"
        "      Not even\n"
        "\n"
        "      for a lot.\n"
    )
    assert 'postal_code: "01234"' in files["contacts/dpo.yaml"]
    assert "locales:\n  - en\n  - de\n  - pt-BR\n" in files["sites/forum.yaml"]
    assert files["recipients/payer.yaml"].splitlines()[0] == "name: Payer"


def test_an_entry_of_long_ago_is_written_as_it_is() -> None:
    source = Source.from_entries({"recipients/payer": {"name": "Payer", "gone": "x"}})

    assert dict(bundle_files(source)) == {RECIPIENT: "gone: x\nname: Payer\n"}


AWKWARD = st.sampled_from(
    [
        *("yes", "no", "on", "null", "~", "true", "1", "01", "1.5", "2026-01-01", "0x1", "-", "="),
        *(": ", " #", "# ", "- ", "? ", "{", "}", "[", "]", ",", "&a", "*a", "!a", "|", ">", "%"),
        *("'", '"', "\\", "@", "`", "---", "...", "<<", "a:", ":a", "é", "e\u0301", "\u00a0", "😀"),
        *(
            "\u200f",
            "\u2067x\u2069",
            "\u0130",
            "  ",
            "\t",
            "\n",
            "\n\n",
            "\n  ",
            " \n",
            "\r\n",
            "x",
        ),
    ]
)
TEXTS = st.one_of(
    st.lists(AWKWARD, min_size=1, max_size=8).map("".join), st.text(min_size=1, max_size=30)
)
KEYS = st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)


@st.composite
def sources(draw: st.DrawFn) -> Source:
    """Draw a source whose texts are as awkward as people's."""
    entries: dict[str, Any] = {}
    for path, entry in (
        ("organization", {"name": draw(TEXTS), "vars": {"v": draw(TEXTS), "w": draw(TEXTS)}}),
        (f"categories/{draw(KEYS)}", {"label": {"no": draw(TEXTS), "en": draw(TEXTS)}}),
        (f"contacts/{draw(KEYS)}", {"role": "dpo", "address": {"street": draw(TEXTS)}}),
        (
            f"policies/{draw(KEYS)}/sections/{draw(KEYS)}",
            {
                "heading": draw(TEXTS),
                "blocks": [{"key": draw(KEYS), "kind": "text", "markdown": draw(TEXTS)}],
            },
        ),
        (
            f"policies/{draw(KEYS)}/locales/no/sections/{draw(KEYS)}",
            {"units": {"heading": draw(TEXTS), "blocks/a/no": draw(TEXTS)}},
        ),
        (
            f"policies/{draw(KEYS)}/overlays/{draw(KEYS)}",
            {
                "ops": [
                    {
                        "op": "override",
                        "target": "sections/a/blocks/b",
                        "field": "items",
                        "value": [draw(TEXTS), {draw(TEXTS): draw(TEXTS)}, [], {}, None, 7, True],
                    }
                ]
            },
        ),
    ):
        try:
            entries[path] = load_entry(path, entry)
        except BadInput:
            continue
    return Source.from_entries(entries)


@given(sources())
@settings(max_examples=300)
def test_no_text_is_lost_on_the_way(source: Source) -> None:
    assume(len(source))
    files = dict(bundle_files(source))

    again = read_bundle(zipped({**files})).source

    assert again == source
    assert dict(bundle_files(again)) == files


@given(sources())
@settings(max_examples=100)
def test_other_readers_read_the_same(source: Source) -> None:
    for path in source:
        text = yaml_text(source.entries[path])

        assert _stripped(yaml.safe_load(text)) == source.entries[path]


def _stripped(value: Any) -> Any:  # noqa: ANN401 -- JSON
    if isinstance(value, dict):
        return {name: _stripped(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_stripped(each) for each in value]
    return value.removesuffix("\n") if isinstance(value, str) else value
