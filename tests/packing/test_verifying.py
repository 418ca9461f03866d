"""A packed body that is not what it is found by is found out."""

from __future__ import annotations

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from policy_api.db.tx import writing
from policy_api.packing import verifying
from policy_api.packing.models import PackedBody
from policy_api.packing.service import Packer
from policy_api.publishing.verifying import verify_database
from tests.speed.press import Press


def test_altered_bodies_are_named(engine: Engine, press: Press, packer: Packer) -> None:
    packer.run()
    with Session(engine) as session:
        sound = verify_database(session)
        with writing(session):
            rows = session.scalars(select(PackedBody).order_by(PackedBody.digest)).all()
            for row, part in zip(rows, [2, 2, 2, 3, 3, 3], strict=False):
                body = bytearray(row.body)
                # Not the last byte: the bits that fill it up say nothing.
                body[len(body) // part] ^= 1
                row.body = bytes(body)
            altered = [f"packed/{row.digest}/{row.coding}" for row in rows[:6]]
        found = list(verifying.breaks(session))
        first = verify_database(session)

    assert sound is None
    assert {each.place for each in found} == {*altered}
    assert first == found[0]
