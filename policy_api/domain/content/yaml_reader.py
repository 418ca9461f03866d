"""A small, strict part of YAML: what a file says, and on which line each part of it stands.

Objects, lists, text, whole numbers, true, false and null; no anchors, aliases, tags or second
documents. Dates and the words yes and no are text, so ``country: NO`` is Norway.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from policy_api.domain.content.faults import escaped, shown
from policy_api.domain.content.limits import PROBLEMS, YAML_DEPTH
from policy_api.errors import Problem

_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,15})", re.ASCII)
_HINT = "quotes around text that holds “: ” or “ #” or begins with a sign; spaces, not tabs"

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Unreadable(Exception):
    """A file that cannot be read to its end."""


def read_yaml(text: str, *, file: str) -> tuple[object, tuple[Problem, ...]]:
    """Return what a file says and what is wrong with how it says it.

    With problems, the value may lack parts.
    """
    reading = _Reading(text, file)
    return reading.value(), tuple(reading.problems)


def lines_of(text: str) -> dict[str, int]:
    """Return the line of every part of a file, by RFC 6901 pointer; the first line is 1."""
    reading = _Reading(text, "", recording=True)
    reading.value()
    return reading.lines


def decoded(raw: bytes, *, file: str) -> tuple[str, Problem | None]:
    """Return the text of a file, which must be UTF-8."""
    try:
        return raw.decode("utf-8").removeprefix("\ufeff"), None
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return "", Problem("The file is not UTF-8.", file=file, line=line, expected="UTF-8 text")


class _Reading:
    """One pass over the events of a file."""

    def __init__(self, text: str, file: str, *, recording: bool = False) -> None:
        self.text = text
        self.file = file
        self.problems: list[Problem] = []
        self.lines: dict[str, int] = {}
        self.recording = recording
        self.pointer: list[str] = []
        self.events: Iterator[Any] = iter(())

    def value(self) -> object:
        """Read the file's one document."""
        try:
            loader = _Loader(self.text)
        except yaml.YAMLError as error:
            self._broken(error)
            return None
        try:
            self.events = iter(loader.get_event, None)
            return self._document()
        except yaml.YAMLError as error:
            self._broken(error)
        except Unreadable:
            pass
        finally:
            loader.dispose()
        return None

    def _document(self) -> object:
        next(self.events)
        start = next(self.events)
        if isinstance(start, yaml.StreamEndEvent):
            self._note("The file is empty.", 1, "the fields of an entry")
            return None
        found = self._node(next(self.events), 0)
        next(self.events)
        more = next(self.events)
        if not isinstance(more, yaml.StreamEndEvent):
            self._note("A second document begins.", _line(more), "one document in a file")
        return found

    def _node(self, event: Any, depth: int) -> object:  # noqa: ANN401 -- yaml's events
        if depth > YAML_DEPTH:
            self._note("The nesting is too deep.", _line(event), f"at most {YAML_DEPTH} levels")
            raise Unreadable
        if self.recording:
            self.lines.setdefault(self._place(), _line(event))
        if isinstance(event, yaml.AliasEvent):
            self._note(f"“*{shown(event.anchor)}” is an alias.", _line(event), "the text itself")
            return None
        self._check_plain(event)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(depth)
        return self._mapping(depth)

    def _check_plain(self, event: Any) -> None:  # noqa: ANN401
        if event.anchor is not None:
            anchor = f"“&{shown(event.anchor)}” is an anchor."
            self._note(anchor, _line(event), "the text without it")
        if event.tag is not None:
            tag = f"“{shown(event.tag)}” is a tag."
            self._note(tag, _line(event), "the value without it")

    def _scalar(self, event: Any) -> object:  # noqa: ANN401
        written: str = event.value
        if not event.implicit[0] or event.style not in {None, ""}:
            return written
        if written in _WORDS:
            return _WORDS[written]
        return int(written) if _NUMBER.fullmatch(written) else written

    def _sequence(self, depth: int) -> list[object]:
        members: list[object] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            self.pointer.append(str(len(members)))
            members.append(self._node(event, depth + 1))
            self.pointer.pop()
        return members

    def _mapping(self, depth: int) -> dict[str, object]:
        found: dict[str, object] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._key(event, depth)
            self.pointer.append(str(key))
            if self.recording:
                self.lines.setdefault(self._place(), _line(event))
            value = self._node(next(self.events), depth + 1)
            self.pointer.pop()
            if not isinstance(key, str):
                self._note(f"“{shown(key)}” is no field name.", _line(event), "text in quotes")
            elif key in found:
                self._note(f"The field “{shown(key)}” is there twice.", _line(event), "one of them")
            else:
                found[key] = value
        return found

    def _key(self, event: Any, depth: int) -> object:  # noqa: ANN401
        if isinstance(event, yaml.ScalarEvent):
            self._check_plain(event)
            return self._scalar(event)
        return self._node(event, depth + 1)

    def _place(self) -> str:
        return "".join(f"/{escaped(step)}" for step in self.pointer)

    def _note(self, detail: str, line: int, expected: str) -> None:
        if len(self.problems) >= PROBLEMS:
            raise Unreadable
        self.problems.append(Problem(detail, file=self.file, line=line, expected=expected))

    def _broken(self, error: yaml.YAMLError) -> None:
        if isinstance(error, yaml.MarkedYAMLError):
            mark = error.problem_mark or error.context_mark
            # An end that came too early is marked behind the last line.
            last = self.text.rstrip("\n").count("\n") + 1
            line = 1 if mark is None else min(mark.line + 1, last)
            detail = f"The file cannot be read from here on: {error.problem or error.context}."
        else:
            position = getattr(error, "position", 0)
            line = self.text.count("\n", 0, position) + 1
            detail = "The file holds a character that YAML does not allow."
        self.problems.append(Problem(detail, file=self.file, line=line, expected=_HINT))


def _line(event: Any) -> int:  # noqa: ANN401
    line: int = event.start_mark.line
    return line + 1
