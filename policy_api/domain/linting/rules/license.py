"""LIC: on which terms the text may be reused, and what it was made from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from typing_extensions import override

from policy_api.domain.labels import N_
from policy_api.domain.linting.base import Flaw, Found, Rule, Severity, flaw
from policy_api.domain.linting.view import View
from policy_api.domain.linting.wording import wording_of

_LINK = re.compile(r"https://\S+")
_TITLE = re.compile(r"[“„«‹\"'](?P<title>[^”“»›\"']{2,})[”“»›\"']")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_UNVERSIONED = re.compile(r"CC-BY(?:-[A-Z]+)*", re.IGNORECASE)

OWN_WORK: Final = frozenset({"CC0-1.0"})
"""Licenses that ask for no attribution."""

NO_LICENSE = N_("The license is named without an identifier and a link.")
NO_LICENSE_VERSION = N_("“{spdx}” names no version of the license.")
NO_ATTRIBUTION = N_("It is not stated whom to name when the text is reused.")
SOURCE_INCOMPLETE = N_("The text that was reused needs a title, an author and a link.")
NOT_SAID_CHANGED = N_("It is not stated that the reused text was changed.")


class LicenseComplete(Rule):
    """CC BY 4.0, section 3(a): title, author, source, license, and whether it was changed."""

    id, severity, source = "LIC-001", Severity.WARNING, "CC BY 4.0 §3(a)"
    title = "A license has an SPDX identifier and a link, and reused text says what it was made of"

    @override
    def check(self, view: View) -> Found:
        stated = view.effective.entry.get("license")
        if stated is not None:
            return [*self._flaws(stated, view.source_locale)]
        shown = view.blocks_of("license")
        return [flaw(shown[0][0], NO_LICENSE)] if shown else None

    def _flaws(self, stated: Mapping[str, Any], locale: str) -> Iterator[Flaw]:
        if _UNVERSIONED.fullmatch(stated["spdx"]):
            yield flaw("license/spdx", NO_LICENSE_VERSION, spdx=stated["spdx"])
        if "attribution" not in stated and stated["spdx"] not in OWN_WORK:
            yield flaw("license/attribution", NO_ATTRIBUTION)
        if "adapted_from" in stated:
            yield from self._reuse_flaws(stated, locale)

    @staticmethod
    def _reuse_flaws(stated: Mapping[str, Any], locale: str) -> Iterator[Flaw]:
        told, wording = str(stated["adapted_from"]), wording_of(locale)
        title = _TITLE.search(told)
        others = _TITLE.sub("", _LINK.sub("", told))
        if title is None or not _LINK.search(told) or not _LETTERS.search(others):
            yield flaw("license/adapted_from", SOURCE_INCOMPLETE)
        notes = f"{told} {stated.get('attribution', '')}"
        if wording is not None and not wording.changed.search(notes):
            yield flaw("license/adapted_from", NOT_SAID_CHANGED)


RULES: tuple[Rule, ...] = (LicenseComplete(),)
