"""A database to publish into, and what publishing into it takes."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
from flask import Flask
from sqlalchemy import text

from policy_api.app import create_app
from policy_api.db.base import db
from policy_api.db.migrate import upgrade
from policy_api.db.tx import writing
from policy_api.domain.content.source import Source
from policy_api.domain.planning.release import Announcement
from policy_api.domain.proof.records import VersionRecord
from policy_api.domain.proof.signing import Signer
from policy_api.ledger import queries
from policy_api.packing.service import Packer
from policy_api.publishing.releasing import Release, release_through_gate
from policy_api.publishing.service import Publisher
from policy_api.settings import Profile, Settings

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """What one release took: the gate, the plan, composing, storing, sealing, the commit."""

    versions: int
    editions: int
    seconds: float
    cpu_seconds: float
    peak_mib: float
    """Largest memory of the process so far, the program itself included."""

    @property
    def per_edition_ms(self) -> float:
        """Return milliseconds per edition."""
        return self.seconds / max(1, self.editions) * 1000

    @property
    def cpu_per_edition_ms(self) -> float:
        """Return processor milliseconds per edition."""
        return self.cpu_seconds / max(1, self.editions) * 1000


@dataclass(slots=True, kw_only=True)
class Ground:
    """The program on a database of its own."""

    app: Flask
    publisher: Publisher
    days: int = 0

    def publish(self, source: Source, progress: Callable[[int], object] = lambda _: None) -> Took:
        """Publish a source on the newest release, through the gate, a day after the last one."""
        self.days += 1
        told: list[VersionRecord] = []

        def count(version: VersionRecord) -> None:
            told.append(version)
            progress(len(told))

        wall, cpu = time.perf_counter(), time.process_time()
        with writing() as session:
            wanted = Release(
                source=source, base=queries.head_number(session), announcement=Announcement()
            )
            release_through_gate(
                session,
                wanted,
                publisher=self.publisher,
                now=BEGIN + timedelta(days=self.days),
                progress=count,
            )
        return Took(
            versions=len(told),
            editions=sum(len(version.editions) for version in told),
            seconds=time.perf_counter() - wall,
            cpu_seconds=time.process_time() - cpu,
            peak_mib=peak_mib(),
        )

    def stored(self) -> tuple[int, int, int]:
        """Return the editions, the bytes of their bodies, and those of the whole database."""
        session = db.session()
        editions, bodies = session.execute(
            text("SELECT count(*), sum(length(body)) FROM edition")
        ).one()
        whole = text("SELECT pg_database_size(current_database())")
        if session.get_bind().dialect.name == "sqlite":
            session.rollback()
            session.connection().connection.driver_connection.execute(  # type: ignore[union-attr]
                "PRAGMA wal_checkpoint(TRUNCATE)"
            ).fetchall()
            whole = text(
                "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
            )
        return int(editions), int(bodies), int(session.execute(whole).scalar_one())

    def pack(self) -> tuple[int, float]:
        """Pack what is in force; return the bodies and the processor seconds."""
        # It asks for answers, in contexts of their own.
        db.session().rollback()
        began = time.process_time()
        done = Packer(self.app).run()
        return 0 if done is None else done.made, time.process_time() - began

    def json_bytes(self) -> float:
        """Return the mean size of an edition's JSON, over a sample."""
        session = db.session()
        versions = session.execute(text("SELECT id FROM version ORDER BY id LIMIT 200")).scalars()
        rows = queries.editions(session, version_ids=list(versions))
        return sum(len(orjson.dumps(row.content)) for row in rows) / len(rows)


@contextmanager
def ground(folder: Path, *, url: str | None = None) -> Iterator[Ground]:
    """Make the database, empty, and the application over it."""
    key = folder / "signing-key.pem"
    settings = Settings(
        profile=Profile.TESTING,
        data_dir=folder,
        database_url=url or f"sqlite:///{folder / 'bench.sqlite3'}",
        signing_key_file=key,
    )
    app = create_app(settings)
    with app.app_context():
        upgrade(db.engine)
        signer = Signer.load_or_create(key)
        yield Ground(app=app, publisher=Publisher(actor="bench", signer=signer))
        db.session.remove()
        db.engine.dispose()


def peak_mib() -> float:
    """Return the largest memory this process ever had."""
    found = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return found / 2**20 if sys.platform == "darwin" else found / 1024


def shown(every: int) -> Callable[[int], None]:
    """Return a progress that says now and then how far it is."""

    def tell(count: int) -> None:
        if count % every == 0:
            print(f"  {count} versions stored, {peak_mib():.0f} MiB", file=sys.stderr, flush=True)

    return tell
