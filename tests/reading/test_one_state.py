"""A request sees one state of the ledger, whatever is published meanwhile."""

from __future__ import annotations

from flask import Flask
from sqlalchemy.orm import Session

from policy_api.domain.proof.signing import Signer
from policy_api.ledger import queries
from policy_api.publishing.service import Publisher
from policy_api.reading.visit import arrive
from policy_api.settings import Settings
from tests.reading.published import FIRST, publish_until


def test_what_is_published_meanwhile_is_for_the_next_request(
    app: Flask, session: Session, settings: Settings
) -> None:
    publisher = Publisher(actor="test", signer=Signer.load(settings.signing_key_file))
    with app.test_request_context("/"):
        before = queries.head_number(arrive().session)
        publish_until(session, FIRST, publisher=publisher)
        during = queries.head_number(arrive().session)

    with app.test_request_context("/"):
        after = queries.head_number(arrive().session)

    assert (before, during, after) == (0, 0, 1)


def test_a_request_has_one_instant(app: Flask) -> None:
    with app.test_request_context("/"):
        assert arrive().moment is arrive().moment
