"""Contents in writing, to be digested and stored: sections that recur are written once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from policy_api.domain.proof.canonical import canonical_json, digest, digest_bytes

Content = Mapping[str, Any]

MOST_BYTES = 8 * 2**20
"""Of written sections that are kept; then all are let go, and the common ones soon are back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelled:
    """A content in writing."""

    digest: str
    """Of its canonical JSON."""

    text: bytes
    """JSON, members in the order they are in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    section: object
    """Kept, so that nothing else can be at its place in memory."""

    canonical: bytes
    text: bytes


class Speller:
    """Writes contents that have sections in common: the same objects, not only equal ones."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._known: dict[int, _Written] = {}

    def spell(self, content: Content) -> Spelled:
        """Return the digest and the JSON of a content.

        :raises BadInput: For what is no canonical JSON, as ``canonical_json`` does.
        """
        sections = [self._written(section) for section in content["sections"]]
        return Spelled(
            digest=self._digest(content, [orjson.Fragment(each.canonical) for each in sections]),
            text=orjson.dumps({**content, "sections": [orjson.Fragment(s.text) for s in sections]}),
        )

    def _digest(self, content: Content, sections: list[orjson.Fragment]) -> str:
        frame = {**content, "sections": []}
        if canonical_json(frame) != orjson.dumps(frame, option=orjson.OPT_SORT_KEYS):
            # What orjson spells in its own way is left to those who know better.
            return digest(content)
        whole = orjson.dumps({**content, "sections": sections}, option=orjson.OPT_SORT_KEYS)
        return digest_bytes(whole)

    def _written(self, section: object) -> _Written:
        found = self._known.get(id(section))
        if found is None:
            found = _Written(
                section=section, canonical=canonical_json(section), text=orjson.dumps(section)
            )
            self._bytes += len(found.canonical) + len(found.text)
            if self._bytes > self._most_bytes:
                self._known.clear()
                self._bytes = len(found.canonical) + len(found.text)
            self._known[id(section)] = found
        return found
