"""What a token may do with endpoints: those whose sites are all its own; and the record of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from policy_api.access.audit import Act, record
from policy_api.access.principal import Principal
from policy_api.access.refusals import NotAllowed
from policy_api.access.scopes import Action
from policy_api.domain.proof.canonical import digest
from policy_api.errors import NotFound
from policy_api.notification import connecting, endpoints, queries, replay
from policy_api.notification.endpoints import Made, Safeguards
from policy_api.notification.filters import Filter
from policy_api.notification.queries import DeliveryRow, EndpointRow
from policy_api.notification.showing import endpoint_json

BATCH = 100
OF_THE_CLOCK = frozenset({"pending", "failures", "failing_since", "held_until", "state"})
"""What changes without anybody's doing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A token at work on endpoints."""

    session: Session
    by: Principal
    safeguards: Safeguards
    now: datetime

    def all(self, *, after: str | None = None) -> Iterator[EndpointRow]:
        """Yield the endpoints that are the token's business, in the order of creation."""
        while rows := queries.endpoints(self.session, after=after, limit=BATCH):
            yield from filter(self._owns, rows)
            after = rows[-1].name

    def one(self, name: str) -> EndpointRow:
        """Return an endpoint.

        :raises NotFound: If there is none of that name, or it is not the token's business.
        """
        row = queries.endpoint(self.session, name=name)
        if not row.name.startswith(queries.MANAGED_PREFIX) or not self._owns(row):
            raise NotFound(f"There is no endpoint {name}.")
        return row

    def create(
        self, *, url: str, wanted: Filter, signatures: tuple[str, ...], description: str
    ) -> Made:
        """Make an endpoint.

        :raises NotAllowed: If its filter reaches beyond the token's sites.
        """
        self._check_reach(wanted.sites)
        made = endpoints.create(
            self.session,
            url=url,
            safeguards=self.safeguards,
            by=self.by.name,
            now=self.now,
            wanted=wanted,
            signatures=signatures,
            description=description,
        )
        self._record("create", made.endpoint, before=None)
        return made

    def connect(
        self, channel: str, *, target: Mapping[str, Any], wanted: Filter, description: str
    ) -> EndpointRow:
        """Make an endpoint of another channel than webhooks.

        :raises NotAllowed: If its filter reaches beyond the token's sites.
        """
        self._check_reach(wanted.sites)
        row = connecting.connect(
            self.session,
            channel=channel,
            target=target,
            wanted=wanted,
            description=description,
            by=self.by.name,
            now=self.now,
        )
        self._record("create", row, before=None)
        return row

    def change(self, name: str, *, changes: Mapping[str, Any]) -> EndpointRow:
        """Change an endpoint: its ``url``, ``description`` or whole filter (``wanted``).

        :raises NotAllowed: If its new filter reaches beyond the token's sites.
        """
        before = self.one(name)
        if "wanted" in changes:
            self._check_reach(changes["wanted"].sites)
        row = endpoints.change(
            self.session, name=name, safeguards=self.safeguards, now=self.now, **changes
        )
        self._record("change", row, before=before)
        return row

    def delete(self, name: str) -> None:
        """End an endpoint."""
        before = self.one(name)
        endpoints.delete(self.session, name=name, now=self.now)
        self._record("delete", before, before=before, is_gone=True)

    def enable(self, name: str) -> EndpointRow:
        """Start an endpoint again."""
        before = self.one(name)
        row = endpoints.enable(self.session, name=name, now=self.now)
        self._record("enable", row, before=before)
        return row

    def disable(self, name: str) -> EndpointRow:
        """Stop an endpoint."""
        before = self.one(name)
        row = endpoints.disable(self.session, name=name, now=self.now)
        self._record("disable", row, before=before)
        return row

    def rotate(self, name: str) -> Made:
        """Give an endpoint new keys."""
        before = self.one(name)
        made = endpoints.rotate(self.session, name=name, safeguards=self.safeguards, now=self.now)
        self._record("rotate-secret", made.endpoint, before=before)
        return made

    def test(self, name: str) -> str:
        """Send a message that means nothing, and return its ``webhook-id``."""
        self.one(name)
        return endpoints.send_test(self.session, name=name, now=self.now)

    def redeliver(self, name: str, delivery: str) -> DeliveryRow:
        """Send one thing again."""
        self.one(name)
        return replay.redeliver(self.session, name=name, delivery=delivery, now=self.now)

    def replay(
        self, name: str, *, since_sequence: int | None = None, since: datetime | None = None
    ) -> int:
        """Send everything again since an event or an instant, and return how much that is."""
        row = self.one(name)
        count = replay.replay(
            self.session, name=name, now=self.now, since_sequence=since_sequence, since=since
        )
        self._record("replay", row, before=row)
        return count

    def _owns(self, row: EndpointRow) -> bool:
        return all(self.by.may(Action.WEBHOOKS, site) for site in row.sites or (None,))

    def _check_reach(self, sites: tuple[str, ...] | None) -> None:
        beyond = [site for site in sites or (None,) if not self.by.may(Action.WEBHOOKS, site)]
        if beyond:
            named = [site for site in beyond if site is not None]
            raise NotAllowed("Name only sites in the filter that the token is for.", beyond=named)

    def _record(
        self, action: str, row: EndpointRow, *, before: EndpointRow | None, is_gone: bool = False
    ) -> None:
        act = Act(
            action=f"webhook.{action}",
            object=f"webhooks/{row.name}",
            site=row.sites[0] if row.sites is not None and len(row.sites) == 1 else None,
            before=None if before is None else _state(before),
            after=None if is_gone else _state(row),
        )
        record(self.session, act, by=self.by.actor, now=self.now)


def _state(row: EndpointRow) -> str:
    """Return the digest of what somebody decided about an endpoint."""
    shown = endpoint_json(row)
    return digest({name: shown[name] for name in shown if name not in OF_THE_CLOCK})
