"""A short history of three sites, published as the product does it.

| day | release | what happens |
| --- | --- | --- |
| 10 January | 1 | the first text; in force at once |
| 1 February | 2 | other words in the welcome; at once |
| 10 March | 3 | a new recipient in the shop, material; from 10 April |
| 15 March | 4 | correction of a contact; at once, and carried into what is announced |
| 1 May | 5 | data leaves for another country, material; from 2 July |
| 10 May | 6 | release 5 is withdrawn |
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from policy_api.db.tx import writing
from policy_api.domain.content.source import Source
from policy_api.domain.planning.release import Announcement, Kind
from policy_api.ledger import queries
from policy_api.publishing.service import Publisher, publish
from policy_api.publishing.withdrawing import withdraw
from tests.domain.sources import entries, row, source, units


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


FIRST = instant("2026-01-10T08:00:00")
REWORDED = instant("2026-02-01T08:00:00")
ANNOUNCED = instant("2026-03-10T08:00:00")
CORRECTED = instant("2026-03-15T08:00:00")
EFFECTIVE = instant("2026-04-10T00:00:00")
WITHDRAWN_ANNOUNCED = instant("2026-05-01T08:00:00")
WITHDRAWN = instant("2026-05-10T08:00:00")
NEVER_EFFECTIVE = instant("2026-07-02T00:00:00")

WELCOME = "We keep very *little* at {site.name}. [Write to us](mailto:dpo@example.org)."
WILLKOMMEN = "Wir behalten sehr *wenig* auf {site.name}."

Edits = dict[str, Any]


def _at_first() -> Edits:
    forum = entries()["sites/forum"]
    return {
        "sites/forum": forum | {"hosts": ["forum.example.org", "xn--frum-qqa.example"]},
    }


def _reworded() -> Edits:
    blocks = [{"key": "intro", "kind": "text", "markdown": WELCOME}]
    return _at_first() | {
        "policies/privacy/sections/welcome": {"heading": "Welcome", "blocks": blocks},
        "policies/privacy/locales/de/sections/welcome": units(
            heading=("Welcome", "Willkommen"),
            **{"blocks/intro/markdown": (WELCOME, WILLKOMMEN)},
        ),
    }


def _announced() -> Edits:
    table = entries()["policies/privacy/tables/services"]
    rows = [*table["rows"], row("parcels", "carrier", ["shop"], purpose="Delivers parcels.")]
    return _reworded() | {
        "recipients/carrier": {"name": "=Carrier", "country": "DE", "role": "dpv:ThirdParty"},
        "policies/privacy/tables/services": table | {"rows": rows},
    }


def _corrected(edits: Edits) -> Edits:
    contact = entries()["contacts/dpo"]
    return edits | {"contacts/dpo": contact | {"email": "privacy@example.org"}}


def _moved_abroad() -> Edits:
    hosting = row("hosting", "hoster", ["*"], locations=[{"country": "US"}])
    table = _announced()["policies/privacy/tables/services"]
    rows = [hosting, *table["rows"][1:]]
    return _corrected(_announced()) | {"policies/privacy/tables/services": table | {"rows": rows}}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One release of the history."""

    at: datetime
    source: Callable[[], Source]
    announcement: Announcement = field(default_factory=Announcement)


def _told(
    title: str, *, kind: Kind = Kind.CHANGE, effective_at: datetime | None = None
) -> Announcement:
    return Announcement(
        kind=kind,
        title={"en": title, "de": f"{title} (de)"},
        summary={"en": f"{title}, in short."},
        effective_at=effective_at,
    )


STEPS = (
    Step(at=FIRST, source=lambda: source(_at_first()), announcement=_told("First text")),
    Step(at=REWORDED, source=lambda: source(_reworded()), announcement=_told("Other words")),
    Step(
        at=ANNOUNCED,
        source=lambda: source(_announced()),
        announcement=_told("A carrier", effective_at=EFFECTIVE),
    ),
    Step(
        at=CORRECTED,
        # A correction is written on the newest text, announced or not.
        source=lambda: source(_corrected(_announced())),
        announcement=_told("Right address", kind=Kind.CORRECTION),
    ),
    Step(
        at=WITHDRAWN_ANNOUNCED,
        source=lambda: source(_moved_abroad()),
        announcement=_told("Abroad", effective_at=NEVER_EFFECTIVE),
    ),
)


def publish_until(session: Session, until: datetime, *, publisher: Publisher) -> None:
    """Publish the history as far as it had come at an instant."""
    for base, step in enumerate(STEPS):
        if step.at <= until:
            with writing(session):
                publish(
                    session,
                    source=step.source(),
                    base=base,
                    announcement=step.announcement,
                    publisher=publisher,
                    now=step.at,
                )
    if until >= WITHDRAWN:
        with writing(session):
            withdraw(
                session,
                release=queries.head_number(session),
                title={"en": "Withdrawn"},
                summary={},
                publisher=publisher,
                now=WITHDRAWN,
            )
