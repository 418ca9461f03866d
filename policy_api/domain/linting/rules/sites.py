"""SIT: each site is named, and has its recipients."""

from __future__ import annotations

import re
from collections.abc import Iterator

from typing_extensions import override

from policy_api.domain.content.list_fields import EVERY_SITE
from policy_api.domain.labels import N_
from policy_api.domain.linting.base import Flaw, Found, Rule, Severity, flaw
from policy_api.domain.linting.view import View

HOST_UNNAMED = N_("The policy does not say that it applies to {host}.")
NO_ROWS = N_("No recipient is listed for this site, and nothing says that there is none.")


class SiteCovered(Rule):
    """A reader must see that this is the policy of the site they are on."""

    id, severity, source = "SIT-001", Severity.WARNING, "WP260 ¶11"
    title = "Every host of the site is named, and its tables have a row or state that there is none"

    @override
    def check(self, view: View) -> Found:
        if not view.site_entry["hosts"] and not view.tables:
            return None
        return [*self._hosts(view), *self._rows(view)]

    @staticmethod
    def _hosts(view: View) -> Iterator[Flaw]:
        listed = any(
            block["sites"] == EVERY_SITE or view.site in block["sites"]
            for _, block in view.blocks_of("site_list")
        )
        words = " ".join(prose.words for prose in view.prose).casefold()
        for host in view.site_entry["hosts"]:
            if not listed and not _names(words, host):
                yield flaw(f"sites/{view.site}/hosts", HOST_UNNAMED, host=host)

    @staticmethod
    def _rows(view: View) -> Iterator[Flaw]:
        prefix = f"policies/{view.effective.policy}/tables/"
        written = (view.source.get(f"{prefix}{key}") or {} for key in view.tables)
        states_none = all(not table.get("rows") for table in written)
        if view.tables and not view.rows and not states_none:
            yield flaw(f"tables/{next(iter(view.tables))}", NO_ROWS)


def _names(words: str, host: str) -> bool:
    """Tell whether a text names a host, not one below it and not a mail address there."""
    return re.search(rf"(?<![\w@.-]){re.escape(host)}(?![\w-]|\.\w)", words) is not None


RULES: tuple[Rule, ...] = (SiteCovered(),)
