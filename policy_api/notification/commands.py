"""The command that runs a worker."""

from __future__ import annotations

import click

from policy_api import logs
from policy_api.console import PolicyCommand
from policy_api.notification.worker import run_worker
from policy_api.packing.background import keeping_packed
from policy_api.settings import load_settings


@click.command("worker", cls=PolicyCommand)
def worker_command() -> None:
    """Send notifications until stopped. Any number may run beside the web processes.

    Beside that, what is published is compressed at full strength (POLICY_API_PACK_BODIES).
    """
    settings = load_settings()
    logs.set_up(settings.log_level)
    with keeping_packed(settings):
        run_worker(settings)
