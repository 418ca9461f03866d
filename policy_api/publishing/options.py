"""Options of the command line that say how a release is announced."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any, TypeVar

import click

from policy_api.domain.changes.types import Significance
from policy_api.domain.planning.release import Announcement, Kind, Text, Waiver

Command = TypeVar("Command", bound=Callable[..., Any])


def localized_text(value: str) -> tuple[str, str]:
    """Read ``en=The text``, or only the text, which is in the source locale."""
    locale, sign, text = value.partition("=")
    if sign and locale and " " not in locale:
        return locale, text
    return "", value


def instant(value: str) -> datetime:
    """Read an RFC 3339 instant, or a date, which is midnight UTC."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(
            f"{value!r} is no instant such as 2026-03-01T09:00:00Z."
        ) from error
    if len(value) == len("2026-03-01"):
        return datetime.combine(found.date(), time(), tzinfo=UTC)
    if found.tzinfo is None:
        raise click.BadParameter(f"{value!r} has no time zone; write 2026-03-01T09:00:00Z.")
    return found


def waiver(value: str) -> tuple[str, str]:
    """Read a rule and the reason why it is set aside: ``rule=reason``."""
    rule, sign, reason = value.partition("=")
    if not sign or not reason.strip():
        raise click.BadParameter("A waiver needs a reason: notice-period=Court order.")
    return rule, reason


TEXT_OPTIONS = (
    click.option(
        "--title",
        type=localized_text,
        metavar="[LOCALE=]TEXT",
        multiple=True,
        help="Title of the changelog.",
    ),
    click.option(
        "--summary",
        type=localized_text,
        metavar="[LOCALE=]TEXT",
        multiple=True,
        help="What readers are told.",
    ),
    click.option("--by", default=getpass.getuser, help="Who does it; for the record."),
)
ANNOUNCEMENT_OPTIONS = (
    *TEXT_OPTIONS[:-1],
    click.option(
        "--kind",
        type=click.Choice([Kind.CHANGE.value, Kind.CORRECTION.value]),
        default=Kind.CHANGE.value,
        show_default=True,
    ),
    click.option(
        "--significance",
        type=click.Choice([level.value for level in Significance]),
        help="Default: what the changes are.",
    ),
    click.option(
        "--effective-at",
        type=instant,
        metavar="INSTANT",
        help="Default: at once, or after the notice period for a material change.",
    ),
    click.option(
        "--waive",
        type=waiver,
        metavar="RULE=REASON",
        multiple=True,
        help="Set a rule aside, with the reason.",
    ),
    TEXT_OPTIONS[-1],
)


def text_options(command: Command) -> Command:
    """Add the options that say what readers are told, and who tells them."""
    for option in reversed(TEXT_OPTIONS):
        command = option(command)
    return command


def announcement_options(command: Command) -> Command:
    """Add the options of an announcement to a command."""
    for option in reversed(ANNOUNCEMENT_OPTIONS):
        command = option(command)
    return command


def texts_of(options: dict[str, Any], *, source_locale: str) -> tuple[Text, Text]:
    """Return title and summary, by locale."""
    title, summary = (
        {locale or source_locale: text for locale, text in options[name]}
        for name in ("title", "summary")
    )
    return title, summary


def announcement_of(options: dict[str, Any], *, source_locale: str) -> Announcement:
    """Return the announcement that the options describe."""
    level = options["significance"]
    title, summary = texts_of(options, source_locale=source_locale)
    return Announcement(
        kind=Kind(options["kind"]),
        significance=None if level is None else Significance(level),
        title=title,
        summary=summary,
        effective_at=options["effective_at"],
        waivers=tuple(
            Waiver(rule=rule, reason=reason, name=options["by"])
            for rule, reason in options["waive"]
        ),
    )
