"""``policy-api subscriptions``: what operators do about the addresses of readers."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TypeVar

import click

from policy_api import clock
from policy_api.access.commands import by_option
from policy_api.access.principal import Principal
from policy_api.console import AppCommand, dry_run_option, emit, json_option
from policy_api.db.tx import retrying, writing
from policy_api.errors import BadInput
from policy_api.notification import mail_reports
from policy_api.notification.addresses import Address
from policy_api.notification.mail_reports import COMPLAINED, LARGEST
from policy_api.notification.readers import Belief, Reception, clear_spool
from policy_api.notification.subscriptions import BOUNCED
from policy_api.web.state import state

T = TypeVar("T")

STDIN: Final = Path("-")
NEW, SEEN = "new", "cur"
"""Folders of a maildir: what nobody has looked at, and the rest."""


def _address(_context: click.Context, _parameter: click.Parameter, written: str) -> Address:
    if written == str(STDIN):
        # Arguments are seen by everybody on the machine, and kept in the shell's history.
        written = sys.stdin.readline().rstrip("\n")
    try:
        return Address.parse(written)
    except BadInput:
        raise click.BadParameter("It is no mail address.") from None


address_argument = click.argument("address", callback=_address)


@click.group("subscriptions")
def subscriptions_group() -> None:
    """Mind bounces and complaints about mails, and erase addresses."""


@subscriptions_group.command("bounce", cls=AppCommand)
@address_argument
@click.option("--complaint", is_flag=True, help="Its owner called a mail unwanted.")
@by_option
@dry_run_option
@json_option
def bounce_command(
    *, address: Address, complaint: bool, by: str, dry_run: bool, as_json: bool
) -> None:
    """Write to an address no more; its subscriptions end. With - it is read from standard input."""
    kind = COMPLAINED if complaint else BOUNCED
    ended = _done(by, lambda desk: desk.suppress([(address, kind)]), keep=not dry_run)
    verb = "would end" if dry_run else "ended"
    emit({"ended": ended}, f"Subscriptions that {verb}: {ended}", as_json=as_json)


@subscriptions_group.command("bounces", cls=AppCommand)
@click.argument(
    "places",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(exists=True, allow_dash=True, path_type=Path),
)
@click.option(
    "--unproven",
    is_flag=True,
    help="Believe reports that return no mail of ours, too: only your own mail server writes here.",
)
@by_option
@dry_run_option
@json_option
def bounces_command(
    *, places: tuple[Path, ...], unproven: bool, by: str, dry_run: bool, as_json: bool
) -> None:
    """Read what mail servers and providers report (RFC 3464, RFC 5965).

    A FILE is one mail, - is one on standard input, and a folder is a maildir: what is new in it is
    read and then marked as seen. Addresses that do not exist, and those whose owners complain, are
    written to no more.
    """
    counts = Counter({"read": 0, "bounced": 0, "complained": 0, "unproven": 0, "other": 0})
    for file in _files(places):
        counts["read"] += 1
        counts[_taken(file, unproven=unproven, by=by, keep=not dry_run)] += 1
        if not dry_run:
            _mark_as_seen(file)
    lines = [f"{name.ljust(10)}  {count}" for name, count in counts.items()]
    if counts["unproven"]:
        lines.append("What returns no mail of ours proves nothing; --unproven believes it.")
    emit(counts, lines, as_json=as_json)


@subscriptions_group.command("erase", cls=AppCommand)
@address_argument
@click.option("--never-again", is_flag=True, help="Its owner wants no mail from here either.")
@by_option
@dry_run_option
@json_option
def erase_command(
    *, address: Address, never_again: bool, by: str, dry_run: bool, as_json: bool
) -> None:
    """Forget an address at once, with all that was kept for it; - reads it from standard input."""
    erased = _done(by, lambda desk: desk.erase(address, never_again=never_again), keep=not dry_run)
    if not dry_run:
        clear_spool(state().settings, address)
    verb = "would be" if dry_run else "are"
    emit({"erased": erased}, f"Subscriptions that {verb} erased: {erased}", as_json=as_json)


def _taken(file: Path, *, unproven: bool, by: str, keep: bool) -> str:
    """Return what a report was counted as."""
    report = mail_reports.read(_content(file))
    if report is None:
        return "other"
    belief = _done(by, lambda desk: desk.believe(report, is_trusted=unproven), keep=keep)
    return "unproven" if belief is Belief.UNPROVEN else report.kind


def _files(places: tuple[Path, ...]) -> Iterator[Path]:
    for place in places:
        if not place.is_dir():
            yield place
            continue
        if not (place / NEW).is_dir():
            raise click.BadParameter(f"{place} is no maildir: it has no folder {NEW!r}.")
        yield from sorted(file for file in (place / NEW).iterdir() if file.is_file())


def _content(file: Path) -> bytes:
    if file == STDIN:
        return sys.stdin.buffer.read(LARGEST + 1)
    with file.open("rb") as opened:
        return opened.read(LARGEST + 1)


def _mark_as_seen(file: Path) -> None:
    """Move a mail of a maildir to those that were looked at; whoever reads again skips it."""
    if file.parent.name == NEW and (seen := file.parent.parent / SEEN).is_dir():
        file.rename(seen / f"{file.name}:2,S")


def _done(by: str, act: Callable[[Reception], T], *, keep: bool) -> T:
    """Do something in one write transaction, with the clock of its moment."""

    def attempt() -> T:
        with writing(keep=keep) as session:
            reception = Reception(
                session=session,
                by=Principal.at_console(by),
                settings=state().settings,
                now=clock.now(),
            )
            return act(reception)

    return retrying(attempt)
