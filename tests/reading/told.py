"""Databases that hold the small history up to an instant, each published once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from policy_api.app import create_app
from policy_api.db.base import db
from policy_api.db.engine import make_engine
from policy_api.db.migrate import upgrade
from policy_api.domain.proof.signing import Signer
from policy_api.publishing.service import Publisher
from policy_api.settings import Profile, Settings
from tests import postgres
from tests.reading.published import STEPS, WITHDRAWN, publish_until


@dataclass
class Told:
    """Applications over the history; reading never writes, so tests share them."""

    folder: Path
    _settings: dict[tuple[str, int], Settings] = field(default_factory=dict)
    _apps: dict[Settings, Flask] = field(default_factory=dict)

    def app(self, kind: str, until: datetime, **chosen: Any) -> Flask:  # noqa: ANN401 -- settings
        """Return an application over the history up to an instant.

        :param kind: ``sqlite`` or ``postgresql``.
        :param chosen: Settings that differ from the usual.
        """
        steps = sum(step.at <= until for step in STEPS) + (until >= WITHDRAWN)
        if (kind, steps) not in self._settings:
            self._settings[kind, steps] = self._publish(kind, until)
        settings = replace(self._settings[kind, steps], **chosen)
        if settings not in self._apps:
            self._apps[settings] = create_app(settings)
        return self._apps[settings]

    def close(self) -> None:
        """Let go of all databases."""
        for app in self._apps.values():
            with app.app_context():
                db.engine.dispose()
        for settings in self._settings.values():
            if settings.database_url.startswith("postgresql"):
                postgres.drop_database(settings.database_url)

    def _publish(self, kind: str, until: datetime) -> Settings:
        name = f"{until:%Y%m%dT%H%M%S}"
        url = f"sqlite:///{self.folder}/{name}.sqlite3"
        settings = Settings(
            profile=Profile.TESTING,
            data_dir=self.folder,
            database_url=url if kind == "sqlite" else postgres.new_database(),
            signing_key_file=self.folder / "signing-key.pem",
        )
        publisher = Publisher(actor="test", signer=Signer.load_or_create(settings.signing_key_file))
        engine = make_engine(settings.database_url)
        upgrade(engine)
        with Session(engine, expire_on_commit=False) as session:
            publish_until(session, until, publisher=publisher)
        engine.dispose()
        return settings
