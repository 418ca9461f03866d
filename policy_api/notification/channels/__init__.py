"""Ways to reach a subscriber, one file each."""

from __future__ import annotations

from policy_api.notification.channels.base import CHANNELS
from policy_api.notification.channels.webhook import open_webhooks


def builtin_channels() -> None:
    """Register the channels that come with the program; again is harmless."""
    if "webhook" not in CHANNELS:
        CHANNELS.register("webhook", open_webhooks)
