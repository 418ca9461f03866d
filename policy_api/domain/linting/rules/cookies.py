"""COO: what is stored on the reader's device."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from typing_extensions import override

from policy_api.domain.labels import N_
from policy_api.domain.linting.base import Flaw, Found, Rule, Severity, flaw
from policy_api.domain.linting.view import View

STORED: Final = frozenset({"tech:Cookie", "tech:LocalStorage"})

NO_LIST = N_("Cookies are used, and there is no list of them.")
NO_DURATION = N_("Cookie “{name}”: how long it is kept is not stated.")
NO_ACCESS = N_("Cookie “{name}”: it is not stated whether others have access to it.")


class CookiesListed(Rule):
    """ECJ C‑673/17: duration, and whether third parties have access."""

    id, severity, source = "COO-001", Severity.WARNING, "ePrivacy 5(3); ECJ C‑673/17"
    title = "Cookies are listed with name, purpose, duration and access by others"

    @override
    def check(self, view: View) -> Found:
        lists = view.blocks_of("cookies")
        used = [one for one in view.handlings if view.terms_of(one) & STORED]
        if not lists:
            return [flaw(used[0].path, NO_LIST)] if used else None
        return [
            found
            for address, block in lists
            for item in block["items"]
            for found in self._flaws(f"{address}/items/{item['key']}", item)
        ]

    @staticmethod
    def _flaws(path: str, item: Mapping[str, Any]) -> list[Flaw]:
        wanted = {"duration": NO_DURATION, "third_party": NO_ACCESS}
        return [
            flaw(f"{path}/{field}", message, name=item["name"])
            for field, message in wanted.items()
            if field not in item
        ]


RULES: tuple[Rule, ...] = (CookiesListed(),)
