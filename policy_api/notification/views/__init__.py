"""The doors of notification: webhook endpoints, mail subscriptions and the pages mails lead to."""

from __future__ import annotations

from policy_api.notification.views import readers, subscriptions, webhooks

ANONYMOUS = (subscriptions.blp,)
MANAGED = (webhooks.blp, readers.blp)
