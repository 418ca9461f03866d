"""The command that runs a worker."""

from __future__ import annotations

import click

from policy_api import logs
from policy_api.console import PolicyCommand
from policy_api.notification.worker import run_worker
from policy_api.settings import load_settings


@click.command("worker", cls=PolicyCommand)
def worker_command() -> None:
    """Send notifications until stopped. Any number may run beside the web processes."""
    settings = load_settings()
    logs.set_up(settings.log_level)
    run_worker(settings)
