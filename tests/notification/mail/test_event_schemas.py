"""What is told of events fits what is said about them."""

from __future__ import annotations

from datetime import timedelta

import jsonschema
import pytest
from sqlalchemy.orm import Session

from policy_api import clock
from policy_api.db.tx import writing
from policy_api.events import queries as events
from policy_api.events import service as event_log
from policy_api.notification.event_schemas import event_schemas
from tests.notification.mail.conftest import House

pytestmark = pytest.mark.sqlite_only


def test_every_event_of_a_history_is_as_described(house: House) -> None:
    for _ in range(3):
        house.announce()
    house.withdraw()
    house.clock.pass_by(timedelta(days=60))
    with Session(house.engine) as session:
        with writing(session):
            event_log.fire_due(session, now=clock.now())
        told = events.after(session, limit=100)

    assert {event.type for event in told} == {
        "policy.published",
        "policy.effective",
        "policy.withdrawn",
    }
    for event in told:
        jsonschema.validate(event.content, event_schemas()[event.type])
