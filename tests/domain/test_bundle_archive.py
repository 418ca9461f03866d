"""Bundles: what a folder or a zip may not hold."""

from __future__ import annotations

import io
import os
import stat
import struct
import warnings
import zipfile
from pathlib import Path

import pytest

from policy_api.domain.content.limits import COMPRESSION_RATIO, FILE_BYTES, FILES
from tests.domain.bundles import RECIPIENT, refused, written, zipped


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
