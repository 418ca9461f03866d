"""Words of a page as Markdown that reads the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urljoin

from policy_api.domain.content.limits import MARKDOWN_LENGTH
from policy_api.domain.content.links import is_link
from policy_api.domain.content.markdown import markdown_problems, plain_text
from policy_api.domain.content.placeholders import names
from policy_api.domain.importing.page import Note, Run, Runs, words
from policy_api.errors import BadInput, Problem

_MARKUP = re.compile(r"[\\`*_\[\]<>#|~&]")
_NUMBER = re.compile(r"\d{1,9}(?=[.)](?:\s|$))")
_HTTP = "http://"


class MarkdownWriter:
    """Turns runs into Markdown and remembers what did not come through as it was."""

    def __init__(self, base_url: str = "") -> None:
        self.base_url = base_url
        self.notes: list[Note] = []

    def markdown(self, runs: Runs, *, line: int) -> str:
        """Return runs as one paragraph of Markdown; what cannot be styled stays as words.

        Addresses that no link of a policy can have follow in brackets.

        :raises BadInput: If it is longer than any text of a policy.
        """
        if sum(len(run.text) for run in runs) > MARKDOWN_LENGTH:
            problem = Problem(
                "A passage is too long.",
                line=line,
                expected=f"at most {MARKDOWN_LENGTH} characters",
            )
            raise BadInput(problems=[problem])
        resolved, addresses = self._resolved(runs, line)
        behind = tuple(Run(text=f" ({address})") for address in addresses)
        told = words((*resolved, *behind))
        unstyled = tuple(replace(run, strong=False, emphasis=False) for run in resolved)
        for attempt in (resolved, unstyled):
            written = _opened("".join(_written((*attempt, *behind))).strip())
            if plain_text(written) == told and not markdown_problems(written):
                if attempt is not resolved:
                    self._note(line, "changed", told, "Emphasis was left out.")
                return written
        self._note(line, "changed", told, "Links and emphasis were left out.")
        goals = " ".join(f"({run.href})" for run in resolved if run.href)
        return _opened(escaped(f"{told} {goals}".strip()))

    def _resolved(self, runs: Runs, line: int) -> tuple[Runs, tuple[str, ...]]:
        """Return runs with addresses a policy may hold, and the other addresses."""
        found: list[Run] = []
        others: list[str] = []
        for run in runs:
            href = self._address(run.href, line) if run.href and run.text.strip() else ""
            if run.href and not href and run.href not in run.text:
                others.append(" ".join(run.href.split()))
            found.append(replace(run, href=href))
        return tuple(found), tuple(dict.fromkeys(others))

    def _address(self, written: str, line: int) -> str:
        """Return an address as a policy may hold it, or an empty text."""
        href = written
        if self.base_url:
            try:
                href = urljoin(self.base_url, written)
            except ValueError:
                href = written
        if href.startswith(_HTTP):
            safer = f"https://{href.removeprefix(_HTTP)}"
            if is_link(safer):
                self._note(line, "changed", written, "The link was made an https one.")
                return safer
        if is_link(href):
            return href
        self._note(line, "not_placed", written, "No link of a policy can lead there; now words.")
        return ""

    def _note(self, line: int, kind: str, text: str, detail: str) -> None:
        self.notes.append(Note(line=line, kind=kind, text=text[:200], detail=detail))


def escaped(text: str) -> str:
    """Return words so that Markdown shows them as they are."""
    written = _MARKUP.sub(r"\\\g<0>", text)
    return written.replace("{", "\\{") if names(written) or "<{" in written else written


def line_of_words(text: str) -> str:
    """Return words as one line of plain text, in which no placeholder is meant."""
    flat = " ".join(text.split())
    return flat.replace("{", "\\{") if names(flat) else flat


def _opened(text: str) -> str:
    """Escape what would make the lines of a paragraph a list, a rule or a heading."""
    return "\n".join(_opened_line(line.lstrip()) for line in text.split("\n"))


def _opened_line(line: str) -> str:
    number = _NUMBER.match(line)
    if number is not None:
        return f"{number[0]}\\{line[number.end() :]}"
    return f"\\{line}" if line[:1] in {"-", "+", "="} else line


def _written(runs: Runs) -> Iterator[str]:
    for run in _joined(runs):
        head, body, tail = _split(run.text)
        if not body:
            yield head + tail
            continue
        written = _breaks(escaped(body))
        if run.href:
            target = run.href.replace("(", "%28").replace(")", "%29")
            written = f"[{' '.join(written.split())}]({target})"
        if run.struck:
            written = f"~~{written}~~"
        if run.emphasis:
            written = f"*{written}*"
        if run.strong:
            written = f"**{written}**"
        yield f"{head}{written}{tail}"


def _breaks(text: str) -> str:
    """Return a text whose line breaks Markdown keeps."""
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return "\\\n".join(line for line in lines if line)


def _split(text: str) -> tuple[str, str, str]:
    """Return the space before, the words, and the space after."""
    body = text.strip()
    if not body:
        return (" " if text else "", "", "")
    head = " " if text[0].isspace() else ""
    tail = " " if text[-1].isspace() else ""
    return head, body, tail


def _joined(runs: Runs) -> Iterator[Run]:
    """Yield runs with neighbours of one style made one."""
    held: Run | None = None
    for run in runs:
        if held is not None and _style(held) == _style(run):
            held = replace(run, text=held.text + run.text)
            continue
        if held is not None:
            yield held
        held = run
    if held is not None:
        yield held


def _style(run: Run) -> Run:
    return replace(run, text="")
