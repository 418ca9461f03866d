"""Bundles: what is read, and what a file may not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_api.domain.content.yaml_reader import lines_of, read_yaml
from policy_api.domain.entries.bundle import read_bundle
from tests.domain.bundles import RECIPIENT, refused, refused_text, written, zipped


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
