"""A history of releases as files: one folder for each, and ``history.yaml`` that announces them.

The first folder is a whole bundle, each later one holds the entries that its release changes. So
the past of a policy can be brought along, and the sample can tell a story.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from marshmallow import RAISE, Schema, ValidationError, fields, validate

from policy_api.domain.changes.types import Significance
from policy_api.domain.content.source import Source
from policy_api.domain.entries.bundle import read_bundle
from policy_api.domain.entries.checks import check_source
from policy_api.domain.planning.release import Announcement, Kind, Waiver
from policy_api.domain.proof.canonical import instant_text
from policy_api.errors import BadInput, Problem

FILE = "history.yaml"
RELATIVE = re.compile(r"now(?:\+(\d{1,4})d)?")


class Moment(fields.Field[str]):
    """An instant, ``now``, or ``now+30d``."""

    default_error_messages = {
        "invalid": "Not an instant such as 2026-03-01T09:00:00Z, and not now or now+30d."
    }

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> str:  # noqa: ANN401, ARG002 -- marshmallow's signature
        if not isinstance(value, str) or moment(value, now=datetime.now(UTC)) is None:
            raise self.make_error("invalid")
        return value


class WaiverSchema(Schema):
    """A rule set aside."""

    class Meta:
        unknown = RAISE

    rule = fields.String(required=True)
    reason = fields.String(required=True)
    name = fields.String(required=True)


class StepSchema(Schema):
    """One release of a history."""

    class Meta:
        unknown = RAISE

    folder = fields.String(required=True, validate=validate.Regexp(r"^[\w-]+$"))
    published_at = Moment(required=True)
    effective_at = Moment()
    kind = fields.Enum(Kind, by_value=True, load_default=Kind.CHANGE)
    significance = fields.Enum(Significance, by_value=True)
    title = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)
    summary = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)
    removed = fields.List(fields.String(), load_default=list)
    waivers = fields.List(fields.Nested(WaiverSchema), load_default=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One release to be made: the whole source, and what is said about it."""

    folder: str
    published_at: datetime
    source: Source
    announcement: Announcement


def moment(text: str, *, now: datetime) -> datetime | None:
    """Return the instant that a text names, or None if it names none."""
    relative = RELATIVE.fullmatch(text)
    if relative is not None:
        return now + timedelta(days=int(relative[1] or 0))
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        return None
    return value if value.tzinfo is not None else None


def read_history(folder: Path, *, now: datetime) -> Iterator[Step]:
    """Yield the releases of a history in order.

    :param now: What ``now`` means in the file.
    :raises BadInput: With every problem of the file, or of the first folder that has any.
    """
    steps = _steps(folder / FILE)
    problems = tuple(_out_of_order(steps, now=now))
    if problems:
        raise BadInput(problems=problems)
    source = Source.from_entries({})
    for raw in steps:
        part = read_bundle(folder / raw["folder"]).source
        removed = dict.fromkeys(raw["removed"])
        source = source.replace({**part.entries, **removed})
        misfits = check_source(source)
        if misfits:
            raise BadInput(problems=misfits)
        effective_at = raw.get("effective_at")
        yield Step(
            folder=raw["folder"],
            published_at=_known(raw["published_at"], now),
            source=source,
            announcement=Announcement(
                kind=raw["kind"],
                significance=raw.get("significance"),
                title=raw["title"],
                summary=raw["summary"],
                effective_at=None if effective_at is None else _known(effective_at, now),
                waivers=tuple(Waiver(**waiver) for waiver in raw["waivers"]),
            ),
        )


def _known(text: str, now: datetime) -> datetime:
    value = moment(text, now=now)
    if value is None:  # the schema let it through, so this is a fault of the program
        raise ValueError(text)
    return value


def _out_of_order(steps: list[dict[str, Any]], *, now: datetime) -> Iterator[Problem]:
    """Find releases that come before the one above them, or after the present."""
    newest: datetime | None = None
    for index, raw in enumerate(steps):
        made = _known(raw["published_at"], now)
        pointer = f"/{index}/published_at"
        if made > now:
            detail = f"The release in {raw['folder']} is published in the future."
            yield Problem(detail, file=FILE, pointer=pointer, expected="now, or an earlier instant")
        elif newest is not None and made < newest:
            detail = f"The release in {raw['folder']} is published before the one above it."
            expected = f"{instant_text(newest)} or later"
            yield Problem(detail, file=FILE, pointer=pointer, expected=expected)
        newest = made if newest is None else max(newest, made)


def _steps(path: Path) -> list[dict[str, Any]]:
    try:
        written = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 -- BaseLoader makes text, lists and maps only
        steps: list[dict[str, Any]] = StepSchema(many=True).load(written)
    except (OSError, yaml.YAMLError) as error:
        raise BadInput(problems=[Problem(str(error), file=path.name)]) from error
    except ValidationError as error:
        problems = [
            Problem(str(messages), pointer=f"/{index}", file=path.name)
            for index, messages in _messages(error).items()
        ]
        raise BadInput(problems=problems) from error
    return steps


def _messages(error: ValidationError) -> dict[Any, Any]:
    """Return the messages of a list of steps by their place in it."""
    return error.messages if isinstance(error.messages, dict) else {0: error.messages}
