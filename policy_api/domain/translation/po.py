"""PO files of GNU gettext, as Babel reads and writes them."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, PoFileParser, write_po

from policy_api.domain.content.faults import shown
from policy_api.domain.translation.exchange_files import (
    SAME,
    Returned,
    ReturnedFile,
    Work,
    is_deliberate_copy,
    says_same,
)
from policy_api.domain.translation.exchange_xml import refused, utf8_text
from policy_api.domain.translation.units import State, WorkUnit

PO_BYTES: Final = 2 * 1024 * 1024
_LINES: Final = 60_000
_CHARSET = re.compile(r"charset=([A-Za-z0-9_.:-]{1,40})")
_NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)
_APPROVED = "state: approved"
_FORMATS = frozenset({"python-format", "python-brace-format"})
"""Flags that Babel guesses; a policy is no program, and “100 % of” no format."""


def write(work: Work) -> bytes:
    """Return units as a PO file; the same units give the same bytes."""
    catalog = Catalog(
        project=f"policies/{work.policy}",
        version="source",
        locale=_identifier(work.locale),
        charset="utf-8",
        header_comment=f"# Policy {work.policy} in {work.locale}.",
        msgid_bugs_address="none",
        last_translator="none",
        language_team="none",
        creation_date=_NO_DATE,
        revision_date=_NO_DATE,
        fuzzy=False,
    )
    for unit in work.units:
        # Catalog.add builds a message of its own and would guess the flags again.
        catalog[unit.source] = _message(unit)
    stream = io.BytesIO()
    write_po(stream, catalog, width=0)
    return stream.getvalue()


def read(raw: bytes) -> ReturnedFile:
    """Return what a PO file says.

    :raises BadInput: If it is none, not in UTF-8, or has plurals, which policies have not.
    """
    text = utf8_text(raw, most=PO_BYTES)
    lines = text.splitlines()
    _check_lines(lines)
    catalog = Catalog(charset="utf-8")
    try:
        PoFileParser(catalog, abort_invalid=True).parse(lines)
    except PoFileError as error:
        raise refused(
            f"The file is no PO file: {shown(error.args[0])}.", "a PO file", line=error.lineno + 1
        ) from error
    except (ValueError, LookupError, AttributeError, TypeError, AssertionError) as error:
        raise refused(f"The file is no PO file: {shown(error)}.", "a PO file") from error
    project = str(catalog.project)
    return ReturnedFile(
        policy=project.removeprefix("policies/") if project.startswith("policies/") else "",
        locale=(catalog.locale_identifier or "").replace("_", "-"),
        units=tuple(_returned(catalog)),
    )


def _identifier(locale: str) -> str | None:
    """Return a locale as gettext writes it, or None where Babel cannot even read it."""
    identifier = locale.replace("-", "_")
    try:
        Catalog(locale=identifier)
    except ValueError:
        return None
    return identifier


def _message(unit: WorkUnit) -> Message:
    is_fuzzy = unit.target is not None and (unit.state is State.DRAFT or unit.outdated)
    comments = [unit.context, *unit.notes]
    if unit.target is not None and unit.state is State.APPROVED and not unit.outdated:
        comments.append(f"{_APPROVED} {_seal(unit.target)}")
    message = Message(
        unit.source,
        unit.target or "",
        flags=["fuzzy"] if is_fuzzy else [],
        auto_comments=comments,
        user_comments=[SAME] if is_deliberate_copy(unit) else [],
        context=unit.id,
    )
    message.flags -= _FORMATS
    return message


def _check_lines(lines: list[str]) -> None:
    """Refuse what Babel would take too long over, or in another encoding."""
    if len(lines) > _LINES:
        raise refused(f"The file has {len(lines)} lines.", f"at most {_LINES}")
    for number, line in enumerate(lines, start=1):
        word = line.lstrip("#~ \t")
        if word.startswith(("msgid_plural", "msgstr[")):
            raise refused("The file has plural forms.", "one text for each", line=number)
        if "charset=" in word and "Content-Type" in word:
            declared = _CHARSET.search(word)
            if declared is None or declared[1].lower() not in {"utf-8", "utf8", "charset"}:
                raise refused("The file says it is not UTF-8.", "charset=UTF-8", line=number)
        if "plural-forms" in word.lower() and len(word) > len("Plural-Forms") * 40:
            raise refused("The plural forms are too long.", "a short rule", line=number)


def _returned(catalog: Catalog) -> Iterator[Returned]:
    for message in catalog:
        if not message.id:
            continue
        target = str(message.string) or None
        yield Returned(
            id=message.context or "",
            source=str(message.id),
            target=target,
            state=_state(message, target or ""),
            same=any(says_same(note) for note in message.user_comments),
        )


def _state(message: Message, target: str) -> State:
    """Return a state; an approval counts only for the words that were approved."""
    if message.fuzzy:
        return State.DRAFT
    if f"{_APPROVED} {_seal(target)}" in message.auto_comments:
        return State.APPROVED
    return State.TRANSLATED


def _seal(target: str) -> str:
    return hashlib.sha256(target.encode()).hexdigest()[:12]
