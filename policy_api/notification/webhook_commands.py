"""``policy-api webhooks``: what operators do with webhook endpoints."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import click
import orjson

from policy_api import clock
from policy_api.access.principal import Principal
from policy_api.console import AppCommand, dry_run_option, emit, json_option, table
from policy_api.db.base import db
from policy_api.db.tx import retrying, writing
from policy_api.domain.changes.types import Significance
from policy_api.notification import queries
from policy_api.notification.endpoints import Made, Safeguards
from policy_api.notification.filters import EVENT_TYPES, Filter
from policy_api.notification.owning import Owner
from policy_api.notification.queries import EndpointRow
from policy_api.notification.showing import Shown, delivery_json, endpoint_json, made_json
from policy_api.notification.signing import SCHEMES
from policy_api.web.state import state

T = TypeVar("T")

COLUMNS = ("id", "channel", "url", "state", "pending", "failures", "description")
DELIVERY_COLUMNS = ("id", "type", "state", "reason", "tries", "last")

by_option = click.option("--by", default=getpass.getuser, help="Who does it; for the record.")
name_argument = click.argument("name", metavar="ID")


def _json_object(
    _context: click.Context, _parameter: click.Parameter, value: str
) -> dict[str, object]:
    """Read an argument that is a JSON object."""
    try:
        found = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise click.BadParameter(f"It is no JSON: {error}.") from error
    if not isinstance(found, dict):
        raise click.BadParameter("It is no JSON object.")
    return found


@click.group("webhooks")
def webhooks_group() -> None:
    """Make, watch, replay and stop endpoints that events are posted to."""


@webhooks_group.command("create", cls=AppCommand)
@click.argument("url")
@click.option("--site", "sites", multiple=True, help="Only events about it. Repeatable.")
@click.option("--policy", "policies", multiple=True, help="Only events about it. Repeatable.")
@click.option("--type", "types", multiple=True, type=click.Choice(EVENT_TYPES))
@click.option("--change-type", "change_types", multiple=True, metavar="TYPE")
@click.option("--min-significance", type=click.Choice([level.value for level in Significance]))
@click.option("--signature", "signatures", multiple=True, type=click.Choice(SCHEMES))
@click.option("--description", default="", help="For people.")
@by_option
@dry_run_option
@json_option
def create_command(  # noqa: PLR0913 -- one parameter per option
    *,
    url: str,
    sites: tuple[str, ...],
    policies: tuple[str, ...],
    types: tuple[str, ...],
    change_types: tuple[str, ...],
    min_significance: str | None,
    signatures: tuple[str, ...],
    description: str,
    by: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Make an endpoint and show its secret, this once. It must echo a challenge to be active."""
    wanted = Filter(
        types=types or None,
        sites=sites or None,
        policies=policies or None,
        change_types=change_types or None,
        min_significance=min_significance,
    )
    made = _done(
        by,
        lambda owner: owner.create(
            url=url,
            wanted=wanted,
            signatures=signatures or ("v1",),
            description=description,
        ),
        keep=not dry_run,
    )
    _emit_made(made, is_kept=not dry_run, as_json=as_json)


@webhooks_group.command("connect", cls=AppCommand)
@click.argument("channel")
@click.argument("target", callback=_json_object)
@click.option("--site", "sites", multiple=True, help="Only events about it. Repeatable.")
@click.option("--policy", "policies", multiple=True, help="Only events about it. Repeatable.")
@click.option("--description", default="", help="For people.")
@by_option
@dry_run_option
@json_option
def connect_command(
    *,
    channel: str,
    target: dict[str, object],
    sites: tuple[str, ...],
    policies: tuple[str, ...],
    description: str,
    by: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Make an endpoint of a channel that a plugin brings; TARGET is what it needs, as JSON."""
    wanted = Filter(sites=sites or None, policies=policies or None)
    row = _done(
        by,
        lambda owner: owner.connect(channel, target=target, wanted=wanted, description=description),
        keep=not dry_run,
    )
    _emit_endpoint(row, as_json=as_json)


@webhooks_group.command("list", cls=AppCommand)
@json_option
def list_command(*, as_json: bool) -> None:
    """List all endpoints."""
    rows = [endpoint_json(row) for row in _owner("").all()]
    emit(rows, table(rows, COLUMNS), as_json=as_json)


@webhooks_group.command("show", cls=AppCommand)
@name_argument
@json_option
def show_command(*, name: str, as_json: bool) -> None:
    """Show an endpoint and how it is."""
    _emit_endpoint(_owner("").one(name), as_json=as_json)


@webhooks_group.command("enable", cls=AppCommand)
@name_argument
@by_option
@dry_run_option
@json_option
def enable_command(*, name: str, by: str, dry_run: bool, as_json: bool) -> None:
    """Start an endpoint again; everything that is parked is sent, the oldest first."""
    _emit_endpoint(_done(by, lambda owner: owner.enable(name), keep=not dry_run), as_json=as_json)


@webhooks_group.command("disable", cls=AppCommand)
@name_argument
@by_option
@dry_run_option
@json_option
def disable_command(*, name: str, by: str, dry_run: bool, as_json: bool) -> None:
    """Stop an endpoint; what happens from now on waits for it."""
    _emit_endpoint(_done(by, lambda owner: owner.disable(name), keep=not dry_run), as_json=as_json)


@webhooks_group.command("delete", cls=AppCommand)
@name_argument
@by_option
@dry_run_option
@json_option
def delete_command(*, name: str, by: str, dry_run: bool, as_json: bool) -> None:
    """End an endpoint; what waited for it is not sent any more."""
    _done(by, lambda owner: owner.delete(name), keep=not dry_run)
    text = f"{name} {'would be' if dry_run else 'is'} deleted."
    emit({"id": name, "deleted": not dry_run}, text, as_json=as_json)


@webhooks_group.command("rotate-secret", cls=AppCommand)
@name_argument
@by_option
@dry_run_option
@json_option
def rotate_command(*, name: str, by: str, dry_run: bool, as_json: bool) -> None:
    """Give an endpoint a new secret; the one before signs beside it for 24 hours."""
    made = _done(by, lambda owner: owner.rotate(name), keep=not dry_run)
    _emit_made(made, is_kept=not dry_run, as_json=as_json)


@webhooks_group.command("test", cls=AppCommand)
@name_argument
@by_option
@dry_run_option
@json_option
def test_command(*, name: str, by: str, dry_run: bool, as_json: bool) -> None:
    """Send a message that means nothing."""
    sent = _done(by, lambda owner: owner.test(name), keep=not dry_run)
    if dry_run:
        emit({"webhook_id": None}, f"{name} would get a message.", as_json=as_json)
        return
    emit({"webhook_id": sent}, f"{sent} is on its way.", as_json=as_json)


@webhooks_group.command("replay", cls=AppCommand)
@name_argument
@click.option("--since-sequence", type=click.IntRange(1), help="The first event to send.")
@click.option("--since", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]), help="An instant.")
@by_option
@dry_run_option
@json_option
def replay_command(
    *,
    name: str,
    since_sequence: int | None,
    since: datetime | None,
    by: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Send everything again since an event or an instant; without either, everything."""
    if since_sequence is not None and since is not None:
        raise click.UsageError("Give either --since-sequence or --since.")
    count = _done(
        by,
        lambda owner: owner.replay(name, since_sequence=since_sequence, since=since),
        keep=not dry_run,
    )
    verb = "would be" if dry_run else "are"
    emit({"deliveries": count}, f"{count} deliveries {verb} on their way.", as_json=as_json)


@webhooks_group.command("redeliver", cls=AppCommand)
@name_argument
@click.argument("delivery")
@by_option
@dry_run_option
@json_option
def redeliver_command(*, name: str, delivery: str, by: str, dry_run: bool, as_json: bool) -> None:
    """Send one event again."""
    row = _done(by, lambda owner: owner.redeliver(name, delivery), keep=not dry_run)
    shown = delivery_json(db.session(), row, endpoint=name)
    verb = "would be" if dry_run else "is"
    emit(shown, f"Delivery {row.id} {verb} on its way.", as_json=as_json)


@webhooks_group.command("deliveries", cls=AppCommand)
@name_argument
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@click.option("--before", help="Only older ones than this id.")
@json_option
def deliveries_command(*, name: str, limit: int, before: str | None, as_json: bool) -> None:
    """List what an endpoint was sent, newest first, with every attempt."""
    owner = _owner("")
    rows = queries.deliveries(
        owner.session, endpoint=owner.one(name).name, before=before, limit=limit
    )
    shown = [delivery_json(owner.session, row, endpoint=name) for row in rows]
    emit(shown, table([_line(each) for each in shown], DELIVERY_COLUMNS), as_json=as_json)


def _done(by: str, act: Callable[[Owner], T], *, keep: bool) -> T:
    """Do something in one write transaction, with the clock of its moment."""

    def attempt() -> T:
        with writing(keep=keep):
            return act(_owner(by))

    return retrying(attempt)


def _owner(by: str) -> Owner:
    """Return whoever sits at the command line: they may do everything."""
    return Owner(
        session=db.session(),
        by=Principal.at_console(by),
        safeguards=Safeguards.of(state().settings),
        now=clock.now(),
    )


def _emit_made(made: Made, *, is_kept: bool, as_json: bool) -> None:
    if not is_kept:
        # The keys of a rehearsal open nothing; nobody shall note them down.
        made = replace(made, secret=None, public_key=None)
    lines = [f"{made.endpoint.name} · {made.endpoint.state}"]
    lines += [] if is_kept else ["Nothing was stored, so there is no secret to show."]
    lines += [f"secret      {made.secret}"] if made.secret else []
    lines += [f"public key  {made.public_key}"] if made.public_key else []
    lines += ["The secret is not shown again."] if made.secret else []
    emit(made_json(made), lines, as_json=as_json)


def _emit_endpoint(row: EndpointRow, *, as_json: bool) -> None:
    shown = endpoint_json(row)
    told = {**{name: value for name, value in shown.items() if name != "filter"}}
    told |= {f"filter.{name}": value for name, value in shown["filter"].items()}
    width = max(map(len, told))
    lines = [f"{name.ljust(width)}  {_plain(value)}" for name, value in told.items()]
    emit(shown, lines, as_json=as_json)


def _line(shown: Shown) -> Shown:
    tried = shown["attempts"]
    last = tried[-1] if tried else None
    return {
        **shown,
        "tries": len(tried),
        "last": None if last is None else last["detail"] or last["status"],
    }


def _plain(value: object) -> str:
    if value is None or value == "":
        return "-"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
