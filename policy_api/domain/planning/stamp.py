"""What a composed content gets once its version is known: number, dates, and what changed when."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from policy_api.domain.languages import parents
from policy_api.domain.planning.recurring import RecurringSections
from policy_api.domain.planning.release import Content, Text
from policy_api.domain.proof.canonical import instant_text

STAMPED = ("version", "material_number", "published_at", "effective_at", "change")
"""Fields of an edition that a release adds; they stand behind ``available_locales``."""

DATED_LISTS = ("rows", "items", "rules")
"""Lists of a block whose members say in which version they last changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What one version puts on all its editions."""

    number: int
    material_number: int
    kind: str
    significance: str
    title: Text
    summary: Text
    published_at: datetime
    effective_at: datetime


def text_in(text: Text, locale: str, source_locale: str) -> tuple[str | None, str]:
    """Return a text for readers and the locale it is in."""
    for tag in (locale, *parents(locale), source_locale):
        if tag in text:
            return text[tag], tag
    return None, source_locale


@dataclass(slots=True)
class Stamper:
    """Stamps the editions of many sites; what they share is worked out once, and stays shared."""

    sections: RecurringSections = field(default_factory=RecurringSections)

    def known(self, content: Content) -> Content:
        """Return a stored edition's content, with the sections that other editions have too."""
        sections = [self.sections.shared(section) for section in content["sections"]]
        return {**content, "sections": sections}

    def unstamped(self, content: Content) -> Content:
        """Return an edition's content as it was composed, to compare it with a new one."""
        sections = [self._bare(section) for section in content["sections"]]
        return {
            **{name: value for name, value in content.items() if name not in STAMPED},
            "sections": sections,
        }

    def stamped(self, content: Content, stamp: Stamp, *, before: Content | None) -> Content:
        """Return a content as an edition of a version.

        :param before: The same locale's content in the version that this one takes the place of.
        """
        added = _added(content, stamp)
        known: dict[str, Content] = {}
        if before is not None:
            known = {section["key"]: section for section in before["sections"]}
        sections = [
            self._stamped(
                section,
                known.get(section["key"]),
                _Frame(
                    locale=content["locale"],
                    number=stamp.number,
                    before=None if before is None else int(before["version"]),
                ),
            )
            for section in content["sections"]
        ]
        return dict(_ordered(content, added, sections))

    def _stamped(self, section: Content, old: Content | None, frame: _Frame) -> Content:
        parts = (section,) if old is None else (section, old)
        return self.sections.once(
            ("stamped", frame), parts, lambda: _section(section, old, frame, self._bare)
        )

    def _bare(self, section: Content) -> Content:
        return self.sections.once("bare", (section,), lambda: _bare_section(section))


def stamped(content: Content, stamp: Stamp, *, before: Content | None) -> Content:
    """Return a content as an edition of a version; see ``Stamper``."""
    return Stamper().stamped(content, stamp, before=before)


def unstamped(content: Content) -> Content:
    """Return an edition's content as it was composed; see ``Stamper``."""
    return Stamper().unstamped(content)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """What a section takes from its edition when it is stamped."""

    locale: str
    number: int
    before: int | None
    """Number of the version it takes the place of."""


def _added(content: Content, stamp: Stamp) -> dict[str, Any]:
    title, _ = text_in(stamp.title, content["locale"], content["source_locale"])
    summary, locale = text_in(stamp.summary, content["locale"], content["source_locale"])
    return {
        "version": stamp.number,
        "material_number": stamp.material_number,
        "published_at": instant_text(stamp.published_at),
        "effective_at": instant_text(stamp.effective_at),
        "change": {
            "kind": stamp.kind,
            "significance": stamp.significance,
            "title": title,
            "summary": summary,
            "locale": locale,
        },
    }


def _ordered(
    content: Content, added: Mapping[str, Any], sections: list[Content]
) -> Iterator[tuple[str, Any]]:
    for name, value in content.items():
        yield name, sections if name == "sections" else value
        if name == "available_locales":
            yield from added.items()


def _section(
    section: Content, old: Content | None, frame: _Frame, bare: Callable[[Content], Content]
) -> Content:
    blocks = old["blocks"] if old is not None else []
    known = {block["key"]: block for block in blocks}
    same = old is not None and bare(old) == bare(section)
    changed_in = old["changed_in"] if same and old is not None else frame.number
    ordered = {name: section[name] for name in section if name != "blocks"}
    return {
        **ordered,
        "translated_from": _translated_from(section, old, frame),
        "changed_in": changed_in,
        "blocks": [
            _block(block, known.get(block["key"]), frame.number) for block in section["blocks"]
        ],
    }


def _translated_from(section: Content, old: Content | None, frame: _Frame) -> int | None:
    """Return the version that last showed a fallback section in its own locale."""
    if section["translation"] != "fallback" or old is None or frame.before is None:
        return None
    if old["locale"] == frame.locale:
        return frame.before
    left: int | None = old["translated_from"]
    return left


def _block(block: Content, old: Content | None, number: int) -> Content:
    dated = {
        name: _members(block[name], (old or {}).get(name) or [], number)
        for name in DATED_LISTS
        if isinstance(block.get(name), list)
    }
    return {**block, **dated} if dated else block


def _members(members: list[Content], old: list[Content], number: int) -> list[Content]:
    known = {member["key"]: member for member in old}
    return [
        {**member, "changed_in": _since(member, known.get(member["key"]), number)}
        for member in members
    ]


def _since(member: Content, old: Content | None, number: int) -> int:
    if old is not None and _bare(old) == _bare(member):
        return int(old["changed_in"])
    return number


def _bare(member: Content) -> Content:
    return {name: value for name, value in member.items() if name != "changed_in"}


def _bare_section(section: Content) -> Content:
    blocks = [
        {
            name: [_bare(member) for member in value]
            if name in DATED_LISTS and isinstance(value, list)
            else value
            for name, value in block.items()
        }
        for block in section["blocks"]
    ]
    return {**_bare(section), "translated_from": None, "blocks": blocks}
