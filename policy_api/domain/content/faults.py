"""What is wrong with one value, on its way from a marshmallow field to a problem with a pointer."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Self

from marshmallow import ValidationError

from policy_api.domain.content.limits import PROBLEMS
from policy_api.errors import Problem

_LONGEST_GUESS = 80

Guess = Callable[[], str]


class Fault(str):
    """A message that knows what would have been right.

    It is a text, because marshmallow collects texts. What was expected may be a function:
    guessing what somebody meant takes time, and a hostile input has faults by the thousand.
    """

    __slots__ = ("_expected",)

    _expected: str | Guess

    def __new__(cls, detail: str, expected: str | Guess = "") -> Self:
        """Make a message."""
        made = super().__new__(cls, detail)
        made._expected = expected
        return made

    @property
    def expected(self) -> str:
        """What would have been accepted."""
        return self._expected if isinstance(self._expected, str) else self._expected()


class UnknownField(Fault):
    """A field that the schema does not have; knows those that it has."""

    __slots__ = ("_names",)

    _names: tuple[str, ...]

    def __new__(cls, names: Iterable[str]) -> Self:
        """Make the message of a schema with these fields."""
        made = super().__new__(cls, "There is no such field.")
        made._names = tuple(names)
        return made

    def about(self, name: str) -> Fault:
        """Return the fault of one field."""
        return Fault(
            f"There is no field '{shown(name)}' here.", lambda: meant(name, self._names, "fields")
        )


def refusal(detail: str, expected: str | Guess = "") -> ValidationError:
    """Return the error by which a field refuses a value."""
    return ValidationError([Fault(detail, expected)])


def shown(text: object, length: int = 60) -> str:
    """Return a value as it may stand in a message: short, on one line, nothing invisible."""
    written = str(text)
    cut = written if len(written) <= length else f"{written[: length - 1]}…"
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in cut)


def meant(written: str, known: Iterable[str], what: str = "") -> str:
    """Return a hint at what somebody meant: the nearest known words, or a few of them."""
    names = list(known)
    close = difflib.get_close_matches(written[:_LONGEST_GUESS], names, n=1, cutoff=0.6)
    if close:
        return f"did you mean “{close[0]}”?"
    most = 15
    listed = ", ".join(names[:most]) + (", …" if len(names) > most else "")
    if not listed:
        return f"there are no {what} yet" if what else ""
    return f"one of: {listed}"


def faults(messages: object) -> tuple[Problem, ...]:
    """Return marshmallow's nested messages as problems with pointers, in reading order."""
    return tuple(islice(_problems(messages, ""), PROBLEMS))


def _problems(messages: object, pointer: str) -> Iterator[Problem]:
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from _problems(inner, _inside(pointer, name))
    elif isinstance(messages, list):
        for message in messages:
            yield from _problems(message, pointer)
    else:
        fault = _fault(messages, pointer)
        yield Problem(str(fault), pointer=pointer, expected=fault.expected)


def _inside(pointer: str, name: object) -> str:
    return pointer if name == "_schema" else f"{pointer}/{escaped(str(name))}"


def escaped(name: str) -> str:
    """Return one step of an RFC 6901 pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def _fault(message: object, pointer: str) -> Fault:
    if isinstance(message, UnknownField):
        name = pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
        return message.about(name)
    return message if isinstance(message, Fault) else Fault(str(message))
