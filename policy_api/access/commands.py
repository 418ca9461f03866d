"""Commands of access: tokens, and the audit log."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from typing import Any

import click

from policy_api import clock
from policy_api.access import queries, service
from policy_api.access.audit import first_broken, log_head
from policy_api.access.doors import known_sites
from policy_api.access.handing import check_sites
from policy_api.access.principal import Actor
from policy_api.access.rows import TokenRow
from policy_api.access.scopes import Scope, parse_scopes
from policy_api.access.secret import DEFAULT_DAYS, MAX_DAYS
from policy_api.console import AppCommand, dry_run_option, emit, json_option, table
from policy_api.db.base import db
from policy_api.db.tx import writing
from policy_api.errors import BrokenProof
from policy_api.web.state import state

TOKEN_COLUMNS = ("id", "holder", "scopes", "expires_at", "last_used_at", "revoked_at")
AUDIT_COLUMNS = ("sequence", "at", "actor", "token_id", "action", "object")

by_option = click.option("--by", default=getpass.getuser, help="Who does it; for the record.")


def scopes_of(
    _context: click.Context, _option: click.Parameter, written: Sequence[str]
) -> frozenset[Scope]:
    """Read the scopes of an option."""
    try:
        return parse_scopes(written)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.group("token")
def token_group() -> None:
    """Make, list and revoke the tokens that open the API."""


@token_group.command("create", cls=AppCommand)
@click.option("--holder", required=True, help="Person or program it stands for.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    callback=scopes_of,
    metavar="SITE:ACTION",
    help="What it may do: shop:write, *:read-draft, or *:* for everything. Repeatable.",
)
@click.option(
    "--days",
    type=click.IntRange(1, MAX_DAYS),
    default=DEFAULT_DAYS,
    show_default=True,
    help="Days until it expires.",
)
@by_option
@dry_run_option
@json_option
def create_command(
    *, holder: str, scopes: frozenset[Scope], days: int, by: str, dry_run: bool, as_json: bool
) -> None:
    """Make a token and show it, this once."""
    with writing(keep=not dry_run) as session:
        check_sites(sorted(map(str, scopes)), known_sites(session))
        written, row = service.mint(
            session,
            holder=holder,
            scopes=scopes,
            days=days,
            profile=state().settings.profile,
            by=Actor.at_console(by),
            now=clock.now(),
        )
    shown = row.to_json()
    made_for = f"For {holder}, until {shown['expires_at']}."
    if dry_run:
        emit({"token": None, **shown}, f"{made_for} Nothing was stored.", as_json=as_json)
        return
    emit(
        {"token": written, **shown},
        [written, f"{made_for} It is not shown again."],
        as_json=as_json,
    )


@token_group.command("list", cls=AppCommand)
@json_option
def list_command(*, as_json: bool) -> None:
    """List all tokens."""
    rows: list[dict[str, Any]] = [row.to_json() for row in queries.tokens(db.session())]
    emit(rows, table(rows, TOKEN_COLUMNS), as_json=as_json)


@token_group.command("revoke", cls=AppCommand)
@click.argument("token_id", metavar="ID")
@by_option
@dry_run_option
@json_option
def revoke_command(token_id: str, *, by: str, dry_run: bool, as_json: bool) -> None:
    """Revoke a token; it is refused from the next request on."""
    with writing(keep=not dry_run) as session:
        row: TokenRow = service.revoke(
            session, token_id=token_id, by=Actor.at_console(by), now=clock.now()
        )
    verb = "would be" if dry_run else "is"
    emit(row.to_json(), f"Token {row.id} of {row.holder} {verb} revoked.", as_json=as_json)


@click.command("audit", cls=AppCommand)
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.option("--verify", is_flag=True, help="Check that no line was changed or taken out.")
@json_option
def audit_command(*, limit: int, verify: bool, as_json: bool) -> None:
    """List who did what, newest first."""
    session = db.session()
    if verify:
        broken = first_broken(queries.whole_audit(session), head=log_head(session))
        if broken is not None:
            raise BrokenProof(f"Line {broken} of the audit log does not fit.", sequence=broken)
        emit({"verified": True}, "Every line fits.", as_json=as_json)
        return
    rows = [row.to_json() for row in queries.audit(session, limit=limit)]
    emit(rows, table(rows, AUDIT_COLUMNS), as_json=as_json)
