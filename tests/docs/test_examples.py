"""The files that the reference shows are right: together they are a bundle to publish."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.content_pages import EXAMPLE
from docs.generate import PAGES
from policy_api.clock import now
from policy_api.domain.blocks import builtin_kinds
from policy_api.domain.blocks.base import BlockKind
from policy_api.domain.entries.base import ENTRY_KINDS, kind_of
from policy_api.domain.entries.bundle import read_bundle
from policy_api.domain.entries.kind import EntryKind
from policy_api.domain.linting.runner import lint
from policy_api.publishing.checking import check

FILES = sorted(EXAMPLE.rglob("*.yaml"))


def shown(page: str) -> str:
    return PAGES[page]()


def test_the_example_fits_together() -> None:
    found = check(read_bundle(EXAMPLE).source)

    assert found.problems == ()
    assert found.stale == ()


def test_the_example_is_whole_in_each_of_its_languages() -> None:
    coverage = check(read_bundle(EXAMPLE).source).coverage

    assert {(row.locale, row.outdated, row.fallback) for row in coverage} == {
        ("en", 0, 0),
        ("de", 0, 0),
    }


def test_lint_finds_nothing_in_the_example() -> None:
    assert list(lint(read_bundle(EXAMPLE).source, now=now()).findings) == []


def test_there_is_an_entry_of_every_kind() -> None:
    assert {kind_of(path_of(file)) for file in FILES} == set(ENTRY_KINDS)


@pytest.mark.parametrize("kind", builtin_kinds(), ids=lambda kind: kind.kind)
def test_the_page_of_blocks_shows_every_kind(kind: BlockKind) -> None:
    assert f"## `{kind.kind}`\n" in shown("blocks.md")
    assert f"    kind: {kind.kind}\n" in shown("blocks.md")


@pytest.mark.parametrize("kind", ENTRY_KINDS, ids=lambda kind: kind.slug)
def test_the_page_of_the_bundle_shows_a_file_of_every_kind(kind: EntryKind) -> None:
    of_kind = [file for file in FILES if kind_of(path_of(file)) is kind]

    assert f"`{kind.template}.yaml` · " in shown("bundle.md")
    assert any(f"```yaml\n{file.read_text()}```" in shown("bundle.md") for file in of_kind)


def path_of(file: Path) -> str:
    return file.relative_to(EXAMPLE).with_suffix("").as_posix()
