"""Bundles: what is read, what is refused and where, and that writing loses nothing."""

from __future__ import annotations

import io
import os
import stat
import struct
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policy_api.domain.content.limits import COMPRESSION_RATIO, FILE_BYTES, FILES
from policy_api.domain.content.source import Source
from policy_api.domain.content.yaml_reader import lines_of, read_yaml
from policy_api.domain.content.yaml_writer import yaml_text
from policy_api.domain.entries.base import load_entry
from policy_api.domain.entries.bundle import (
    bundle_bytes,
    bundle_files,
    read_bundle,
    write_bundle,
)
from policy_api.errors import BadInput, Conflict, Problem
from tests.domain.examples import EXAMPLES, examples

RECIPIENT = "recipients/payer.yaml"


def zipped(files: dict[str, bytes | str], *, compression: int = zipfile.ZIP_STORED) -> bytes:
    """Return a zip of some files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return stream.getvalue()


def refused(where: Path | bytes) -> tuple[Problem, ...]:
    with pytest.raises(BadInput) as caught:
        read_bundle(where)
    return caught.value.problems


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def refused_text(text: str) -> Problem:
    (problem, *_) = refused(zipped({RECIPIENT: text}))
    return problem


# --- what is read -------------------------------------------------------------------------


def test_a_folder_becomes_a_source(tmp_path: Path) -> None:
    folder = written(tmp_path, {RECIPIENT: "name: Payer\ncountry: NO\n"})

    bundle = read_bundle(folder)

    assert dict(bundle.source.entries) == {"recipients/payer": {"name": "Payer", "country": "NO"}}


def test_everything_may_lie_in_one_top_folder(tmp_path: Path) -> None:
    folder = written(tmp_path, {f"texts-main/{RECIPIENT}": "name: Payer\n"})

    bundle = read_bundle(folder)

    assert bundle.source.paths() == ("recipients/payer",)
    assert bundle.locations.file("recipients/payer") == f"texts-main/{RECIPIENT}"


def test_a_folder_of_a_family_is_no_top_folder() -> None:
    bundle = read_bundle(zipped({"policies/privacy/overlays/forum.yaml": "ops: []"}))

    assert bundle.source.paths() == ("policies/privacy/overlays/forum",)


def test_notes_and_hidden_files_are_passed_over() -> None:
    bundle = read_bundle(
        zipped(
            {
                RECIPIENT: "name: Payer",
                "README.md": "x",
                "LICENSE": "x",
                ".gitignore": "x",
                ".git/config": "x",
                "policies/README.md": "x",
                "__MACOSX/recipients/._payer.yaml": "x",
                "recipients/.DS_Store": b"\x00",
            }
        )
    )

    assert bundle.source.paths() == ("recipients/payer",)


def test_words_that_look_like_other_things_are_text() -> None:
    value, problems = read_yaml(
        "a: no\nb: NO\nc: 2026-01-01\nd: on\ne: 01234\nf: 1.5\ng: 0x1\nh: 12:30\ni: Yes\nj: 1_000",
        file="x",
    )

    assert problems == ()
    assert value == {
        "a": "no",
        "b": "NO",
        "c": "2026-01-01",
        "d": "on",
        "e": "01234",
        "f": "1.5",
        "g": "0x1",
        "h": "12:30",
        "i": "Yes",
        "j": "1_000",
    }


def test_the_other_values_are_few() -> None:
    value, _ = read_yaml("a: 5\nb: -1\nc: true\nd: false\ne: null\nf: ~\ng:\nh: 'true'", file="x")

    assert value == {
        "a": 5,
        "b": -1,
        "c": True,
        "d": False,
        "e": None,
        "f": None,
        "g": None,
        "h": "true",
    }


def test_a_byte_order_mark_at_the_start_is_harmless() -> None:
    bundle = read_bundle(zipped({RECIPIENT: b"\xef\xbb\xbfname: Payer"}))

    assert bundle.source.entries["recipients/payer"] == {"name": "Payer"}


def test_each_part_has_a_line() -> None:
    lines = lines_of("a: x\nb:\n  - key: k\n    c/d: y\n  - z\n")

    assert lines == {"": 1, "/a": 1, "/b": 2, "/b/0": 3, "/b/0/key": 3, "/b/0/c~1d": 4, "/b/1": 5}


def test_a_bundle_that_does_not_fit_together_says_where() -> None:
    bundle = read_bundle(
        zipped(
            {
                "t/organization.yaml": "name: Example",
                "t/policies/privacy.yaml": "title: P\nsections:\n  - welcome\n  - welcom\n",
                "t/policies/privacy/sections/welcome.yaml": (
                    "heading: W\nblocks:\n  - key: a\n    kind: contacts\n    contacts: [dpo]\n"
                ),
            }
        )
    )

    problems = bundle.problems()

    assert [(each.file, each.line) for each in problems] == [
        ("t/policies/privacy.yaml", 4),
        ("t/policies/privacy/sections/welcome.yaml", 5),
    ]


# --- what a file may not say --------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "detail"),
    [
        ("name: &a Payer", 1, "anchor"),
        ("name: Payer\nlegal_name: *a", 2, "alias"),
        ("name: &a Payer\nlegal_name: *a", 1, "anchor"),
        ("name: !!str Payer", 1, "tag"),
        ("name: !!python/object/apply:os.system ['id']", 1, "tag"),
        ("!x\nname: Payer", 1, "tag"),
        ("name: A\nurl: https://a.org\nname: B", 3, "twice"),
        ("? [a]\n: b\nname: Payer", 1, "no field name"),
        ("name: Payer\n5: x", 2, "no field name"),
        ("name: Payer\n~: x", 2, "no field name"),
        ("name: Payer\ntrue: x", 2, "no field name"),
        ("name: Payer\n---\nname: Other", 2, "second document"),
        ("name: Payer\n\x00", 2, "character"),
        ("name: Pay\x07er", 1, "character"),
        ("name: Payer\nurl: 'x", 2, "cannot be read from here on"),
        ("name: Payer\n\turl: x", 2, "cannot be read from here on"),
        ("name: A: B", 1, "cannot be read from here on"),
        ("name: [a", 1, "cannot be read from here on"),
        ('name: "\\ud800"', 1, "cannot be read from here on"),
        ("", 1, "empty"),
        ("# only a remark", 1, "empty"),
        ("[" * 30 + "]" * 30, 1, "too deep"),
        ("[" * 100_000, 1, "too deep"),
        ("a: " * 5_000, 1, "cannot be read from here on"),
        ("{a: " * 30 + "}" * 30, 1, "too deep"),
        ("<<: {name: x}", 1, "no field '<<'"),
        ("- name: Payer", 1, "object"),
        ("just text", 1, "object"),
        ('name: "a\\0b"', 1, "NUL"),
        ("name: Payer\n\n# remark\ncountry: XX", 4, "country"),
        ("name: Payer\nservice:\n  en: ok\n  xx-yy-z: no", 4, "language"),
        ("%YAML 1.1\n---\nname: !a Payer", 3, "tag"),
    ],
)
def test_a_wrong_file_is_refused_on_its_line(text: str, line: int, detail: str) -> None:
    problem = refused_text(text)

    assert (problem.file, problem.line) == (RECIPIENT, line)
    assert detail in problem.detail


def test_aliases_are_never_expanded() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
    )

    assert len(refused(zipped({RECIPIENT: bomb}))) > 20


@pytest.mark.parametrize(
    "raw",
    [
        "name: Payer".encode("utf-16"),
        "name: Zahlungsempfänger".encode("latin-1"),
        b"name: +AGE-\xff",
        b"\xed\xa0\x80",
    ],
)
def test_a_file_is_utf_8(raw: bytes) -> None:
    (problem,) = refused(zipped({RECIPIENT: raw}))

    assert problem.detail == "The file is not UTF-8."


def test_text_in_braces_gets_a_hint_at_quotes() -> None:
    assert refused_text("name: {site.name}").expected == '"{site.name}" in quotes'


def test_a_problem_of_a_missing_field_is_on_the_line_around_it() -> None:
    text = "units:\n  title: x\n  heading: y\n"

    (problem,) = refused(zipped({"policies/p/locales/de/policy.yaml": text}))

    assert (problem.line, problem.pointer) == (3, "/units/heading")


def test_every_problem_of_every_file_is_told_in_order() -> None:
    problems = refused(
        zipped(
            {
                "recipients/b.yaml": "name: ''\ncountry: XX\nsurprise: 1\n",
                "recipients/a.yaml": "country: DE\nurl: x\n",
                "recipients/c.txt": "",
                "recipients/d.yaml": "name: [",
            }
        )
    )

    assert [(each.file, each.line) for each in problems] == [
        ("recipients/a.yaml", 1),
        ("recipients/a.yaml", 2),
        ("recipients/b.yaml", 1),
        ("recipients/b.yaml", 2),
        ("recipients/b.yaml", 3),
        ("recipients/c.txt", None),
        ("recipients/d.yaml", 1),
    ]
    assert all(each.expected for each in problems[1:])


def test_there_is_an_end_to_problems() -> None:
    text = "name: x\n" + "".join(f"a{n}: 1\n" for n in range(5_000))

    assert len(refused(zipped({RECIPIENT: text, "recipients/b.yaml": text}))) == 1_000


# --- what a folder or a zip may not hold --------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("recipients/payer.yml", "the name recipients/payer.yaml"),
        ("recipients/payer.YAML", "the name recipients/payer.yaml"),
        ("recipients/payer.json", "the name recipients/payer.yaml"),
        ("recipients/payer.txt", "files that end in .yaml"),
        ("recipients/Payer.yaml", "lower case: recipients/payer"),
        ("Recipients/payer.yaml", "lower case: recipients/payer"),
        ("recipient/payer.yaml", "did you mean “recipients”?"),
        ("recipients/a/b.yaml", "one of: recipients/{key}"),
        ("policies/p/locales/de_DE/policy.yaml", "policies/{policy}"),
        ("policies/p/locales/DE/policy.yaml", "policies/p/locales/de/policy"),
        ("introduction.yaml", "one of:"),
    ],
)
def test_a_file_that_is_no_entry_says_what_would_be(name: str, expected: str) -> None:
    (problem,) = refused(zipped({name: "name: x", "organization.yaml": "name: x"}))

    assert problem.file == name
    assert expected in problem.expected


def test_an_empty_bundle_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path)[0].detail == "The bundle is empty."
    assert refused(zipped({}))[0].detail == "The bundle is empty."


@pytest.mark.parametrize("raw", [b"", b"PK", b"not a zip", b"PK\x05\x06" + b"\x00" * 17])
def test_what_is_no_zip_is_refused(raw: bytes) -> None:
    assert refused(raw)[0].expected == "an ordinary zip file"


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "none")[0].detail == "There is no such folder or file."


def test_links_are_not_followed(tmp_path: Path) -> None:
    folder = written(tmp_path / "bundle", {RECIPIENT: "name: Payer"})
    secret = written(tmp_path, {"secret.yaml": "name: Secret"}) / "secret.yaml"
    (folder / "recipients/link.yaml").symlink_to(secret)
    (folder / "sites").symlink_to(tmp_path)

    problems = refused(folder)

    assert [each.file for each in problems] == ["recipients/link.yaml", "sites"]


def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    folder = written(tmp_path, {RECIPIENT: "name: Payer"})
    os.mkfifo(folder / "recipients/pipe.yaml")

    assert refused(folder)[0].detail == "This is neither a file nor a folder."


def test_a_file_has_a_size_that_is_stated(tmp_path: Path) -> None:
    text = "name: Payer\n#" + "x" * FILE_BYTES

    assert refused(written(tmp_path, {RECIPIENT: text}))[0].expected == "at most 1 MiB"
    assert refused(zipped({RECIPIENT: text}))[0].expected == "at most 1 MiB"


@pytest.mark.parametrize(
    "name",
    [
        "../recipients/payer.yaml",
        "recipients/../../payer.yaml",
        "/recipients/payer.yaml",
        "C:/recipients/payer.yaml",
        "recipients\\payer.yaml",
        "recipients//payer.yaml",
        "./recipients/payer.yaml",
        ".git/../../payer.yaml",
    ],
)
def test_a_name_does_not_lead_out_of_a_zip(name: str) -> None:
    (problem,) = refused(zipped({name: "name: Payer"}))

    assert problem.detail == "The name leads out of the bundle."


def test_a_zip_holds_no_links() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        link = zipfile.ZipInfo(RECIPIENT)
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")

    assert refused(stream.getvalue())[0].detail == "This is a link or a device."


def test_a_zip_holds_each_file_once() -> None:
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w") as archive:
        warnings.simplefilter("ignore")
        archive.writestr(RECIPIENT, "name: A")
        archive.writestr(RECIPIENT, "name: B")

    assert refused(stream.getvalue())[0].detail == "The zip holds the file twice."


def test_a_zip_has_no_password() -> None:
    raw = bytearray(zipped({RECIPIENT: "name: A"}))
    raw[6] |= 1
    raw[raw.find(b"PK\x01\x02") + 8] |= 1

    assert refused(bytes(raw))[0].detail == "The file is encrypted."


def test_a_zip_is_deflated_or_stored() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr(RECIPIENT, "name: A")

    assert refused(stream.getvalue())[0].expected == "deflate, or no compression"


def test_a_zip_that_unpacks_to_far_too_much_is_refused() -> None:
    text = "name: A\n#" + " " * 900_000

    raw = zipped({RECIPIENT: text}, compression=zipfile.ZIP_DEFLATED)

    (problem,) = refused(raw)

    assert len(raw) * COMPRESSION_RATIO < len(text)
    assert problem.detail == "The file unpacks to far too much."


def test_a_size_that_a_zip_claims_is_not_believed() -> None:
    text = "name: A\n#" + " " * 900_000
    raw = bytearray(zipped({RECIPIENT: text}, compression=zipfile.ZIP_DEFLATED))
    directory = raw.find(b"PK\x01\x02")
    for at in (22, directory + 24):
        struct.pack_into("<I", raw, at, 10)

    assert refused(bytes(raw))


def test_files_of_a_zip_do_not_overlap() -> None:
    raw = bytearray(zipped({"recipients/a.yaml": "name: A", "recipients/b.yaml": "name: B"}))
    second = raw.find(b"PK\x01\x02", raw.find(b"PK\x01\x02") + 4)
    struct.pack_into("<I", raw, second + 42, 0)

    assert refused(bytes(raw))[0].detail == "Files of the zip lie on top of each other."


def test_a_damaged_file_is_told() -> None:
    raw = bytearray(zipped({RECIPIENT: "name: Somebody who takes payments"}))
    raw[60] ^= 0xFF

    assert refused(bytes(raw))[0].detail.startswith("The file is damaged")


def test_a_zip_does_not_list_too_many_files() -> None:
    raw = zipped({f"recipients/a{n}.yaml": "" for n in range(FILES + 1)})

    assert refused(raw)[0].expected == f"at most {FILES}"


def test_a_list_of_files_is_not_made_before_its_length_is_known() -> None:
    raw = bytearray(zipped({RECIPIENT: "name: A"}))
    struct.pack_into("<I", raw, raw.find(b"PK\x05\x06") + 12, 0x7FFF_FFFF)

    assert refused(bytes(raw))[0].detail == "The zip lists too many files."


# --- what is written ----------------------------------------------------------------------


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
