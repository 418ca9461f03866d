"""Ways to reach a subscriber, one file each; this one names them all."""

from __future__ import annotations

from typing import Final

from policy_api.notification.channels.base import CHANNELS, ChannelKind
from policy_api.notification.channels.cdn import CdnKind
from policy_api.notification.channels.email import EmailKind
from policy_api.notification.channels.webhook import WebhookKind
from policy_api.notification.channels.websub import HubKind
from policy_api.plugins import CHANNEL_GROUP, join, named

BUILT_IN: Final[tuple[ChannelKind, ...]] = (WebhookKind(), EmailKind(), HubKind(), CdnKind())


def load_channels(plugins: tuple[str, ...]) -> None:
    """Fill the registry with what is built in and what an operator has named, and close it.

    Whoever makes endpoints or sends to them calls this once; again is harmless.
    """
    for kind in BUILT_IN:
        if kind.name not in CHANNELS:
            CHANNELS.register(kind.name, kind)
    for point in named(CHANNEL_GROUP, plugins):
        join(CHANNELS, point, called="name")
    CHANNELS.freeze()
