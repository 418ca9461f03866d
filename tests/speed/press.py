"""A press that publishes one text after the other, and what it publishes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from policy_api import clock
from policy_api.db.tx import writing
from policy_api.domain.planning.release import Announcement
from policy_api.domain.proof.signing import Signer
from policy_api.publishing.service import Publisher, publish
from tests.domain.sources import edited, source

SHOP: Final = "/v1/sites/shop/policies/privacy"


@dataclass
class Press:
    """Publishes one heading after the other."""

    engine: Engine
    key: Path
    number: int = 0

    def publish(self) -> int:
        """Publish the next heading; when this returns, it is committed."""
        heading = f"Heading number {self.number + 1}"
        with Session(self.engine, expire_on_commit=False) as session, writing(session):
            publish(
                session,
                source=source(edited("policies/privacy/sections/contact", heading=heading)),
                base=self.number,
                announcement=Announcement(),
                publisher=Publisher(actor="A. Publisher", signer=Signer.load(self.key)),
                now=clock.now(),
            )
        self.number += 1
        return self.number
