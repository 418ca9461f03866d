"""Every kind of block keeps the promises of its kind."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from policy_api.domain.blocks import builtin_kinds, register_builtin_kinds
from policy_api.domain.blocks.base import BLOCK_KINDS, TextForm
from policy_api.domain.blocks.changelog import ChangelogKind
from policy_api.domain.blocks.contacts import ContactsKind
from policy_api.domain.blocks.cookies import CookiesKind
from policy_api.domain.blocks.embed import EmbedKind
from policy_api.domain.blocks.field import BlockField
from policy_api.domain.blocks.license import LicenseKind
from policy_api.domain.blocks.notice import NoticeKind
from policy_api.domain.blocks.processing import ProcessingKind
from policy_api.domain.blocks.recipients_table import RecipientsTableKind
from policy_api.domain.blocks.retention import RetentionKind
from policy_api.domain.blocks.rights import RightsKind
from policy_api.domain.blocks.site_list import SiteListKind
from policy_api.domain.blocks.text import TextKind
from policy_api.domain.content.faults import faults
from policy_api.domain.entries.translatable import form_of
from policy_api.errors import BadInput
from policy_api.testing.blocks import BlockKindContract, ExampleScene
from tests.domain.examples import BLOCKS

EXAMPLES = {block["kind"]: block for block in BLOCKS}


class TestText(BlockKindContract):
    """Running text."""

    kind = TextKind()
    example = EXAMPLES["text"]
    minimal = {"key": "a", "kind": "text", "markdown": "Words."}

    def test_markdown_comes_with_html(self) -> None:
        assert self.composed(self.minimal) == {"markdown": "Words.", "html": "<p>Words.</p>"}


class TestNotice(BlockKindContract):
    """A passage that stands out."""

    kind = NoticeKind()
    example = EXAMPLES["notice"]
    minimal = {"key": "a", "kind": "notice", "tone": "info", "markdown": "Words."}


class TestRecipientsTable(BlockKindContract):
    """A table of recipients."""

    kind = RecipientsTableKind()
    example = EXAMPLES["recipients_table"]
    minimal = example

    def test_a_moved_seat_is_a_change_of_place(self) -> None:
        assert self.kind.comparison.aspects["recipient.country"] == "recipient.location_changed"


class TestProcessing(BlockKindContract):
    """What the publisher does itself."""

    kind = ProcessingKind()
    example = EXAMPLES["processing"]
    minimal = {
        "key": "a",
        "kind": "processing",
        "items": [{"key": "b", "label": "Mail", "purpose": "To answer."}],
    }

    def test_what_is_not_stated_is_null(self) -> None:
        (item,) = self.composed(self.minimal)["items"]

        assert item == {
            "key": "b",
            "label": "Mail",
            "purpose": "To answer.",
            "purposes": [],
            "legal_basis": None,
            "special_basis": None,
            "legitimate_interest": None,
            "data_categories": None,
            "data_categories_open": False,
            "retention": None,
            "required": None,
            "source_of_data": None,
        }

    def test_own_categories_are_references_and_terms_are_not(self) -> None:
        paths = [reference.path for reference in self.kind.references(self.example)]

        assert paths == ["categories/ip"]


class TestRights(BlockKindContract):
    """The rights of the reader."""

    kind = RightsKind()
    example = EXAMPLES["rights"]
    minimal = {"key": "a", "kind": "rights", "rights": [{"key": "b", "right": "eu-gdpr:A15"}]}

    def test_no_automated_decisions_is_not_the_same_as_not_stated(self) -> None:
        assert self.composed(self.example)["automated_decisions"] is False
        assert self.composed(self.minimal)["automated_decisions"] is None


class TestContacts(BlockKindContract):
    """Ways to reach somebody."""

    kind = ContactsKind()
    example = EXAMPLES["contacts"]
    minimal = {"key": "a", "kind": "contacts", "contacts": ["dpo"]}


class TestEmbed(BlockKindContract):
    """A control of a site."""

    kind = EmbedKind()
    example = EXAMPLES["embed"]
    minimal = {name: value for name, value in example.items() if name != "height"}

    def test_placeholders_of_the_address_are_filled(self) -> None:
        assert self.composed(self.example)["url"] == "https://example.org/switch?site=main"

    def test_an_address_without_a_value_is_refused(self) -> None:
        block = self.load(self.example | {"url": "{site.other_url}"})

        with pytest.raises(BadInput, match="“switch”"):
            self.kind.compose(block, ExampleScene())


class TestRetention(BlockKindContract):
    """How long data is kept."""

    kind = RetentionKind()
    example = EXAMPLES["retention"]
    minimal = {"key": "a", "kind": "retention", "rules": [{"key": "b", "applies_to": "Logs"}]}


class TestCookies(BlockKindContract):
    """What is stored on a device."""

    kind = CookiesKind()
    example = EXAMPLES["cookies"]
    minimal = {
        "key": "a",
        "kind": "cookies",
        "items": [{"key": "b", "name": "wish", "purpose": "Keeps wishes."}],
    }

    def test_a_session_has_no_period_but_a_word(self) -> None:
        first, second = self.composed(self.example)["items"]

        assert first["duration"] == {"iso": "session", "label": "“Until the browser is closed”"}
        assert second["duration"]["iso"] == "P30D"


class TestSiteList(BlockKindContract):
    """The sites that are covered."""

    kind = SiteListKind()
    example = EXAMPLES["site_list"]
    minimal = {"key": "a", "kind": "site_list", "sites": "*"}

    def test_the_star_needs_no_site(self) -> None:
        assert list(self.kind.references(self.minimal)) == []


class TestLicense(BlockKindContract):
    """The license of the text."""

    kind = LicenseKind()
    example = EXAMPLES["license"]
    minimal = {"key": "a", "kind": "license"}


class TestChangelog(BlockKindContract):
    """The latest changes."""

    kind = ChangelogKind()
    example = EXAMPLES["changelog"]
    minimal = {"key": "a", "kind": "changelog"}

    def test_five_changes_are_shown_unless_stated(self) -> None:
        assert self.composed(self.minimal) == {"limit": 5}


def test_twelve_kinds_are_built_in() -> None:
    assert [kind.kind for kind in builtin_kinds()] == list(BLOCK_KINDS.names()[:12])
    assert set(EXAMPLES) == {kind.kind for kind in builtin_kinds()}


def test_registering_twice_changes_nothing() -> None:
    before = BLOCK_KINDS.items()

    register_builtin_kinds()

    assert BLOCK_KINDS.items() == before


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"kind": "text", "markdown": ""}, "/markdown"),
        ({"kind": "text", "markdown": "![a](b)"}, "/markdown"),
        ({"kind": "notice", "markdown": "x", "tone": "loud"}, "/tone"),
        ({"kind": "recipients_table", "table": "My table"}, "/table"),
        ({"kind": "processing", "items": []}, "/items"),
        ({"kind": "processing", "items": [{"key": "a", "label": "x"}]}, "/items/0/purpose"),
        ({"kind": "rights", "rights": [{"key": "a", "right": "A15"}]}, "/rights/0/right"),
        ({"kind": "contacts", "contacts": ["a", "a"]}, "/contacts/1"),
        ({"kind": "retention", "rules": [{"key": "a"}]}, "/rules/0/applies_to"),
        (
            {"kind": "retention", "rules": [{"key": "a", "applies_to": "x", "duration": "1 day"}]},
            "/rules/0/duration",
        ),
        (
            {"kind": "cookies", "items": [{"key": "a", "name": "x", "purpose": "y", "type": "z"}]},
            "/items/0/type",
        ),
        ({"kind": "site_list", "sites": []}, "/sites"),
        ({"kind": "changelog", "limit": 51}, "/limit"),
        ({"kind": "license", "markdown": "x", "locked": "no"}, "/locked"),
    ],
)
def test_a_wrong_value_is_pointed_at(change: dict[str, Any], pointer: str) -> None:
    with pytest.raises(ValidationError) as refused:
        BlockField().deserialize({"key": "a", **change})

    assert [problem.pointer for problem in faults(refused.value.messages)] == [pointer]


def test_a_form_of_translation_is_markdown_or_a_line() -> None:
    assert form_of("blocks/intro/markdown") is TextForm.MARKDOWN
    assert form_of("rows/payments/transfer/copy") is TextForm.LINE
    assert form_of("blocks/switch/height") is None
