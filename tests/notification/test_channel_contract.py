"""Webhooks keep the promises that plugins have to keep."""

from __future__ import annotations

import pytest

from policy_api.notification.channels.webhook import WebhookKind
from policy_api.testing.channels import ChannelContract


@pytest.mark.undisturbed
@pytest.mark.sqlite_only
class TestWebhook(ChannelContract):
    """Signed POST requests."""

    kind = WebhookKind()

    def target(self, url: str) -> dict[str, str]:
        return {"url": url}
