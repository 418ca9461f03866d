"""The whole way of a reader: ask, confirm, be told, leave."""

from __future__ import annotations

from datetime import timedelta

from tests.notification.mail.conftest import ORIGIN, READER, House


def test_a_reader_asks_confirms_is_told_and_leaves_with_one_click(house: House) -> None:
    answer = house.ask(policy="privacy", locale="de")
    assert (answer.status_code, answer.get_json()["status"]) == (202, "accepted")

    with house.working():
        (asked,) = house.server.wait_for(1)
        page = house.client.get(asked.link("confirm"))
        assert page.status_code == 200
        assert house.client.post(asked.link("confirm")).status_code == 200
        house.announce()
        _, told = house.server.wait_for(2)
        address = told.mail["List-Unsubscribe"].strip("<>")
        body = {"List-Unsubscribe": "One-Click"}
        left = house.client.post(address.removeprefix(ORIGIN), data=body)
        assert left.status_code == 200
        house.clock.pass_by(timedelta(days=5))
        house.publish_next()
    house.work_off()

    assert asked.recipients == told.recipients == [READER]
    assert "A carrier (de)" in told.subject
    assert "Datenschutz" in told.subject
    assert told.mail["Content-Language"] == "de"
    assert len(house.server.posts) == 2


def test_nobody_is_told_anything_before_they_confirm(house: House) -> None:
    house.ask()
    with house.working():
        (asked,) = house.server.wait_for(1)
        house.client.get(asked.link("confirm"))
        house.client.head(asked.link("confirm"))
        house.announce()
    house.work_off()

    assert len(house.server.posts) == 1
