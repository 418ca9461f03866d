"""What stands in the cells of a recipient table, the same in HTML, Markdown and CSV."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from policy_api.domain.rendering.urls import safe_link
from policy_api.domain.rendering.words import Words

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One line of a cell."""

    text: str
    href: str | None = None
    is_note: bool = False
    """Said beside the main thing, in smaller type."""

    is_prose: bool = False
    """Written by the authors in the section's language; the rest is in the reader's."""

    is_name: bool = False
    """A name, in no particular language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell: its column, and its lines."""

    column: str
    label: str
    pieces: tuple[Piece, ...] | None
    """None if nothing is stated; empty if it is stated that there is none."""

    @property
    def is_stated(self) -> bool:
        """Tell whether the publisher said anything, be it that there is none."""
        return self.pieces is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    row: Row
    columns: Collection[str]
    words: Words


Pieces = Sequence[Piece] | None


def cells(row: Row, *, columns: Sequence[Mapping[str, str]], words: Words) -> tuple[Cell, ...]:
    """Return the cells of a row in the order of the columns."""
    question = _Question(row=row, columns=[each["key"] for each in columns], words=words)
    return tuple(
        Cell(column=each["key"], label=each["label"], pieces=_pieces(each["key"], question))
        for each in columns
    )


def _pieces(column: str, question: _Question) -> tuple[Piece, ...] | None:
    answer = ANSWERS.get(column)
    if answer is None:
        return _prose(question.row.get(column))
    pieces = answer(question)
    return None if pieces is None else tuple(pieces)


def _prose(text: object) -> tuple[Piece, ...] | None:
    return None if text is None else (Piece(text=str(text), is_prose=True),)


def _field(name: str) -> Callable[[_Question], Pieces]:
    return lambda question: _prose(question.row.get(name))


def _coded(name: str) -> Callable[[_Question], Pieces]:
    def answer(question: _Question) -> Pieces:
        coded = question.row.get(name)
        return None if coded is None else (Piece(text=coded["label"]),)

    return answer


def _labels(coded: Sequence[Mapping[str, str]] | None) -> Pieces:
    return None if coded is None else tuple(Piece(text=each["label"]) for each in coded)


def _recipient(question: _Question) -> Pieces:
    return tuple(_recipient_lines(question))


def _recipient_lines(question: _Question) -> Iterator[Piece]:
    recipient = question.row["recipient"]
    yield Piece(text=recipient["name"], href=safe_link(recipient.get("url")), is_name=True)
    legal_name = recipient.get("legal_name")
    if legal_name and legal_name != recipient["name"]:
        yield Piece(text=legal_name, is_note=True, is_name=True)
    country = question.words.country(recipient.get("country"))
    if country:
        yield Piece(text=country, is_note=True)
    if recipient.get("service") and "service" not in question.columns:
        yield Piece(text=recipient["service"], is_note=True)
    policy = safe_link(recipient.get("privacy_policy_url"))
    if policy and "privacy_policy" not in question.columns:
        yield Piece(text=question.words("privacy_policy"), href=policy, is_note=True)


def _used_on(question: _Question) -> Pieces:
    sites = question.row.get("sites")
    if sites is None:
        return None
    return tuple(Piece(text=site["name"], is_name=True) for site in sites)


def _service(question: _Question) -> Pieces:
    service = question.row["recipient"].get("service")
    return None if service is None else (Piece(text=service),)


def _purpose(question: _Question) -> Pieces:
    """Return the sentence; without one, and without a column for them, the coded purposes."""
    stated = _prose(question.row.get("purpose"))
    if stated is not None or "purposes" in question.columns:
        return stated
    return _labels(question.row.get("purposes")) or None


def _purposes(question: _Question) -> Pieces:
    # A row without codes has not said that it has no purpose.
    return _labels(question.row.get("purposes")) or None


def _legal_basis(question: _Question) -> Pieces:
    return tuple(_bases(question)) or None


def _bases(question: _Question) -> Iterator[Piece]:
    row = question.row
    for name in ("legal_basis", "special_basis"):
        if row.get(name) is not None:
            yield Piece(text=row[name]["label"])
    interest = row.get("legitimate_interest")
    if interest is not None and "legitimate_interest" not in question.columns:
        yield Piece(text=interest, is_note=True, is_prose=True)


def _data_categories(question: _Question) -> Pieces:
    named = _labels(question.row.get("data_categories"))
    if not question.row.get("data_categories_open"):
        return named
    return (*(named or ()), Piece(text=question.words("and_more"), is_note=True))


def _locations(question: _Question) -> Pieces:
    return _labels(question.row.get("locations"))


def _transfer(question: _Question) -> Pieces:
    return tuple(_transfer_lines(question.row.get("transfer") or {}, question.words)) or None


def _transfer_lines(transfer: Mapping[str, Any], words: Words) -> Iterator[Piece]:
    outside = transfer.get("outside_eea")
    if outside is not None:
        yield Piece(text=words("outside_eea" if outside else "inside_eea"))
    if transfer.get("mechanism") is not None:
        yield Piece(text=transfer["mechanism"]["label"], is_note=True)
    if transfer.get("copy") is not None:
        yield Piece(text=transfer["copy"], is_note=True, is_prose=True)


def _privacy_policy(question: _Question) -> Pieces:
    url = safe_link(question.row["recipient"].get("privacy_policy_url"))
    if url is None:
        return None
    return (Piece(text=question.words("privacy_policy"), href=url),)


ANSWERS: Mapping[str, Callable[[_Question], Pieces]] = {
    "recipient": _recipient,
    "used_on": _used_on,
    "role": _coded("role"),
    "service": _service,
    "purpose": _purpose,
    "purposes": _purposes,
    "legal_basis": _legal_basis,
    "legitimate_interest": _field("legitimate_interest"),
    "data_categories": _data_categories,
    "locations": _locations,
    "transfer": _transfer,
    "retention": _field("retention"),
    "required": _field("required"),
    "privacy_policy": _privacy_policy,
}
"""Column → what a row says about it."""
