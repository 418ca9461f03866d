"""``policy-api listen``: see on one's own machine what a webhook receiver gets."""

from __future__ import annotations

from http import HTTPStatus

import click

from policy_api import clock
from policy_api.console import PolicyCommand
from policy_api.notification.listen import Key, Listener, serve


@click.command("listen", cls=PolicyCommand)
@click.option("--port", type=click.IntRange(0, 65535), default=9000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--secret",
    "secrets",
    multiple=True,
    help="whsec_… or whpk_… of the endpoint. Repeatable; without it, nothing is verified.",
)
@click.option(
    "--status",
    type=click.IntRange(200, 599),
    default=int(HTTPStatus.NO_CONTENT),
    show_default=True,
    help="Answer events with this status, to see how they are tried again.",
)
def listen_command(*, port: int, host: str, secrets: tuple[str, ...], status: int) -> None:
    """Receive webhooks: verify each, show it, echo challenges. Ctrl-C ends it."""
    keys = tuple(Key.parse(secret) for secret in secrets)
    listener = Listener(keys, click.echo, clock.now, status)
    with serve(listener, host=host, port=port) as server:
        click.echo(f"Listening on http://{host}:{server.server_port}/ …")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("Bye.")
