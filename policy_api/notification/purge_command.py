"""Command that empties the cache in front by hand."""

from __future__ import annotations

import asyncio
from typing import Final

import click

from policy_api import clock
from policy_api.console import AppCommand, dry_run_option, emit, json_option
from policy_api.notification.channels.base import Surroundings
from policy_api.notification.channels.cdn import purge_now
from policy_api.notification.wire import Verdict
from policy_api.web.state import state

SECONDS: Final = 30.0


@click.command("purge", cls=AppCommand)
@click.option("--site", "sites", multiple=True, help="Everything about this site.")
@click.option("--policy", "policies", multiple=True, help="Everything about this policy.")
@click.option("--tag", "tags", multiple=True, help="Everything with this tag.")
@dry_run_option
@json_option
def purge_command(
    *,
    sites: tuple[str, ...],
    policies: tuple[str, ...],
    tags: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
) -> None:
    """Purge answers from the cache in front, by hand.

    What a release outdates is purged by the worker; this is for everything else, and to see
    whether the settings are right.
    """
    settings = state().settings
    if not settings.cdn_purge_url:
        raise click.ClickException("No cache is configured; set POLICY_API_CDN_PURGE_URL.")
    wanted = [f"site-{site}" for site in sites] + [f"policy-{policy}" for policy in policies]
    wanted += tags
    if not wanted:
        raise click.UsageError("Name at least one --site, --policy or --tag.")
    if dry_run:
        emit({"purged": []}, f"Would be purged: {', '.join(wanted)}", as_json=as_json)
        return
    around = Surroundings(settings=settings, now=clock.now, timeout=SECONDS)
    outcome = asyncio.run(purge_now(wanted, around))
    if outcome.verdict is not Verdict.DELIVERED:
        raise click.ClickException(f"{outcome.detail} {outcome.answer}".strip())
    emit({"purged": wanted}, f"Purged: {', '.join(wanted)}", as_json=as_json)
