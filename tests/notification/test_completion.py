"""What came of attempts is stored, whatever a channel says about them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from policy_api.db.tx import writing
from policy_api.notification.completion import Tried, record
from policy_api.notification.lease import Due
from policy_api.notification.models import Attempt
from policy_api.notification.retry import Schedule
from policy_api.notification.wire import Outcome, Verdict


def test_words_that_no_database_takes_keep_no_result_back(session: Session, now: datetime) -> None:
    outcome = Outcome(verdict=Verdict.BUSY, detail="half \ud83d", answer="nothing \0 at all")
    tried = Tried(
        endpoint_id=1,
        token=1,
        due=Due(sequence=1, generation=1, attempts=0),
        started_at=now,
        milliseconds=5,
        outcome=outcome,
    )

    with writing(session):
        record(session, [tried], [], now=now, schedule=Schedule())

    (stored,) = session.scalars(select(Attempt)).all()
    assert (stored.detail, stored.answer) == ("half ?", "nothing \N{REPLACEMENT CHARACTER} at all")
