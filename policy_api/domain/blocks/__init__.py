"""Kinds of blocks: one file for each, with its schema, units, edition form and comparison."""

from __future__ import annotations

from policy_api.domain.blocks.base import BLOCK_KINDS, BlockKind
from policy_api.domain.blocks.changelog import ChangelogKind
from policy_api.domain.blocks.contacts import ContactsKind
from policy_api.domain.blocks.cookies import CookiesKind
from policy_api.domain.blocks.embed import EmbedKind
from policy_api.domain.blocks.license import LicenseKind
from policy_api.domain.blocks.notice import NoticeKind
from policy_api.domain.blocks.processing import ProcessingKind
from policy_api.domain.blocks.recipients_table import RecipientsTableKind
from policy_api.domain.blocks.retention import RetentionKind
from policy_api.domain.blocks.rights import RightsKind
from policy_api.domain.blocks.site_list import SiteListKind
from policy_api.domain.blocks.text import TextKind


def builtin_kinds() -> tuple[BlockKind, ...]:
    """Return the kinds that come with the program, in the order of the documentation."""
    return (
        TextKind(),
        NoticeKind(),
        RecipientsTableKind(),
        ProcessingKind(),
        RightsKind(),
        ContactsKind(),
        EmbedKind(),
        RetentionKind(),
        CookiesKind(),
        SiteListKind(),
        LicenseKind(),
        ChangelogKind(),
    )


def register_builtin_kinds() -> None:
    """Put the built-in kinds into the registry; a second call changes nothing."""
    for kind in builtin_kinds():
        if kind.kind not in BLOCK_KINDS:
            BLOCK_KINDS.register(kind.kind, kind)


# Content cannot be read without them, so whoever imports this package has them.
register_builtin_kinds()
