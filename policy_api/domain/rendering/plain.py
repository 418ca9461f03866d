"""An edition as one Markdown document, for people who read plain text and for programs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from jinja2 import TemplateNotFound

from policy_api.domain.content.links import https_url
from policy_api.domain.rendering import facts
from policy_api.domain.rendering.cells import Cell, Piece, cells
from policy_api.domain.rendering.environment import ENVIRONMENT
from policy_api.domain.rendering.markdown_text import escaped, fitted, line_of, link, table
from policy_api.domain.rendering.urls import safe_link, safe_path
from policy_api.domain.rendering.words import Words

_LIST_LINE = re.compile(r"\s*([-*+]|\d+[.)]) |  +\S")


def markdown_document(
    edition: Mapping[str, Any], *, changelog: Sequence[Mapping[str, Any]] = ()
) -> str:
    """Return an edition as CommonMark with GitHub's tables.

    :param changelog: Newest entries for a ``changelog`` block, which an edition does not hold.
    """
    writer = _Writer(edition, changelog)
    return "\n\n".join(_apart(part for part in writer.parts() if part)) + "\n"


def _apart(parts: Iterable[str]) -> Iterator[str]:
    """Put an empty comment between two lists, which Markdown would take for one."""
    before = ""
    for part in parts:
        if part.startswith("- ") and _LIST_LINE.match(before.rsplit("\n", 1)[-1]):
            yield "<!-- -->"
        yield part
        before = part


class _Writer:
    """One document in the making."""

    def __init__(self, edition: Mapping[str, Any], changelog: Sequence[Mapping[str, Any]]) -> None:
        self.edition = edition
        self.words = Words(edition["locale"])
        self.context = {
            "address_lines": facts.address_lines,
            "changelog": changelog,
            "cookie_table": self._cookies,
            "edition": edition,
            "facts": facts.processing_facts,
            "fitted": fitted,
            "license_line": self._license,
            "link": link,
            "md": escaped,
            "path": safe_path,
            "period": facts.retention_period,
            "pieces": self._pieces,
            "recipients_table": self._recipients,
            "safe": safe_link,
            "site_url": lambda host: https_url(f"https://{host}/"),
            "w": self.words,
        }

    def parts(self) -> Iterator[str]:
        """Yield the paragraphs of the document."""
        yield f"# {escaped(self.edition['title'])}"
        yield " · ".join(self._facts())
        for remark in self._remarks():
            yield f"> {escaped(remark)}"
        for section in self.edition["sections"]:
            yield from self._section(section)
        license_ = facts.closing_license(self.edition)
        if license_:
            yield "---"
            yield self._license(license_)

    def _facts(self) -> Iterator[str]:
        edition, words = self.edition, self.words
        yield escaped(edition["site"]["name"])
        yield escaped(words("version_number", number=edition["version"]))
        effective = words.date(edition["effective_at"])
        name = "takes_effect_on" if edition.get("status") == "upcoming" else "effective_from"
        if edition.get("status") == "current":
            name = "effective"
        yield escaped(f"{words(name)} {effective}")
        yield escaped(f"{words('published')} {words.date(edition['published_at'])}")

    def _remarks(self) -> Iterator[str]:
        edition, words = self.edition, self.words
        status, coming = edition.get("status"), edition.get("upcoming")
        if status == "upcoming":
            yield words("upcoming_here", date=words.date(edition["effective_at"]))
        elif status in {"past", "withdrawn"}:
            yield words(status)
        elif coming:
            yield words("upcoming", date=words.date(coming["effective_at"]))
        authoritative = edition.get("authoritative_locale") or edition["locale"]
        if authoritative != edition["locale"]:
            yield words("authoritative", language=words.language(authoritative))
        if edition.get("omitted"):
            yield words("omitted", sections=", ".join(edition["omitted"]))

    def _section(self, section: Mapping[str, Any]) -> Iterator[str]:
        yield f"## {escaped(section['heading'])}"
        if section["translation"] == "fallback":
            wanted, shown = (
                self.words.language(each["locale"]) for each in (self.edition, section)
            )
            yield f"> {escaped(self.words('fallback', language=wanted, source=shown))}"
        if section["translation"] == "outdated":
            yield f"> {escaped(self.words('outdated'))}"
        for block in section["blocks"]:
            yield self._block(block, section)

    def _block(self, block: Mapping[str, Any], section: Mapping[str, Any]) -> str:
        try:
            template = ENVIRONMENT.get_template(f"blocks/{block['kind']}.md")
        except TemplateNotFound:
            markdown = block.get("markdown")
            return fitted(markdown) if markdown else f"*{escaped(self.words('not_shown'))}*"
        return template.render(self.context, block=block, section=section).strip("\n")

    def _pieces(self, pieces: Sequence[Piece] | None) -> str:
        if pieces is None:
            return f"*{escaped(self.words('not_stated'))}*"
        return line_of(pieces) if pieces else escaped(self.words("none"))

    def _recipients(self, block: Mapping[str, Any]) -> str:
        heads = [escaped(column["label"]) for column in block["columns"]]
        rows = (cells(row, columns=block["columns"], words=self.words) for row in block["rows"])
        return table(heads, (self._line(row) for row in rows))

    def _cookies(self, block: Mapping[str, Any]) -> str:
        heads = [escaped(self.words(name)) for name in facts.COOKIE_COLUMNS]
        rows = (facts.cookie_cells(item, self.words) for item in block["items"])
        return table(heads, (self._line(row) for row in rows))

    def _line(self, row: Sequence[Cell]) -> list[str]:
        return [self._pieces(cell.pieces) for cell in row]

    def _license(self, license_: Mapping[str, Any]) -> str:
        name = license_.get("spdx") or license_.get("url") or ""
        lines = [self._with_link("license_of", "license", name, license_.get("url"))]
        if license_.get("attribution"):
            lines.append(escaped(self.words("attribution", credit=license_["attribution"])))
        source = license_.get("adapted_from")
        if source:
            lines.append(self._with_link("based_on", "source", source, source))
        # Two spaces at the end of a line break it.
        return "  \n".join(lines)

    def _with_link(self, word: str, name: str, text: str, href: object) -> str:
        before, _, after = self.words(word, **{name: "\x00"}).partition("\x00")
        shown = link(text, safe_link(href))
        return f"{_escaped_part(before)}{shown}{_escaped_part(after)}"


def _escaped_part(text: str) -> str:
    """Escape a part of a sentence, keeping the spaces at its ends."""
    inner = escaped(text)
    head = " " if text[:1].isspace() else ""
    tail = " " if text[-1:].isspace() else ""
    return f"{head}{inner}{tail}" if inner else head
