"""Migrations lead to the tables the program expects, on both databases, and lose no rows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import Migrate
from flask_migrate import upgrade as flask_upgrade
from sqlalchemy import CheckConstraint, Engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from policy_api.db import migrate
from policy_api.db.base import connect, db
from policy_api.db.engine import make_engine
from policy_api.db.tx import writing
from policy_api.resources import data_dir

UPGRADE = """
import sys
from policy_api.db.engine import make_engine
from policy_api.db.migrate import upgrade
upgrade(make_engine(sys.argv[1]))
"""
REBUILD_DRAFT = '''
"""Change a column, for which SQLite needs a new table."""

from alembic import op

revision = "9999"
down_revision = "{head}"


def upgrade() -> None:
    with op.batch_alter_table("draft", table_kwargs={{"sqlite_strict": True}}) as table:
        table.alter_column("title", nullable=True)
'''
BREAK_REFERENCES = '''
"""Delete what other rows refer to."""

from alembic import op

revision = "9999"
down_revision = "{head}"


def upgrade() -> None:
    op.execute("DELETE FROM draft")
'''


def revisions() -> list[str]:
    """Return all revisions, oldest first."""
    config = Config()
    config.set_main_option("script_location", str(data_dir("migrations")))
    found = ScriptDirectory.from_config(config).walk_revisions()
    return list(reversed([script.revision for script in found]))


@pytest.fixture
def blank(blank_url: str) -> Iterator[Engine]:
    engine = make_engine(blank_url)
    yield engine
    engine.dispose()


def test_the_models_and_the_migrations_agree(engine: Engine) -> None:
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), db.metadata)

    assert len(db.metadata.tables) >= 12
    assert differences == []


def test_the_checks_of_the_models_are_in_the_database(engine: Engine) -> None:
    inspector = inspect(engine)
    wanted = {
        str(rule.name)
        for table in db.metadata.sorted_tables
        for rule in table.constraints
        if isinstance(rule, CheckConstraint)
    }

    written = {
        check["name"]
        for table in db.metadata.sorted_tables
        for check in inspector.get_check_constraints(table.name)
    }

    assert wanted <= written


@pytest.mark.sqlite_only
def test_every_table_is_strict(engine: Engine) -> None:
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT name, strict FROM pragma_table_list").all()

    loose = {name for name, strict in found if not strict}
    assert loose & set(db.metadata.tables) == set()


def test_json_that_is_none_is_refused_by_the_database(session: Session) -> None:
    statement = "INSERT INTO directory VALUES (1, '2026-01-01 00:00:00Z', 'none')"

    with pytest.raises(DBAPIError, match=r"(?i)json"), writing(session):
        session.execute(text(statement))


def test_migrations_are_numbered_in_their_order() -> None:
    found = revisions()

    assert found == [f"{number:04}" for number in range(1, len(found) + 1)]
    assert migrate.head() == found[-1]


def test_every_step_can_be_taken_alone(blank: Engine) -> None:
    for revision in revisions():
        migrate.upgrade(blank, revision)

        with blank.connect() as connection:
            assert migrate.current(connection) == revision


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    with Session(engine) as session, writing(session):
        session.execute(text("UPDATE event_counter SET value = 7"))

    migrate.upgrade(engine)

    with engine.connect() as connection:
        assert connection.scalar(text("SELECT value FROM event_counter")) == 7


def test_two_that_migrate_at_once_do_it_once(blank: Engine, blank_url: str) -> None:
    here = {**os.environ, "PYTHONPATH": str(data_dir("migrations").parent)}
    started = [
        subprocess.Popen([sys.executable, "-c", UPGRADE, blank_url], env=here) for _ in range(2)
    ]

    assert [process.wait(60) for process in started] == [0, 0]
    with blank.connect() as connection:
        assert migrate.current(connection) == migrate.head()
        assert connection.scalar(text("SELECT count(*) FROM event_counter")) == 1


def test_the_migration_tool_of_flask_reaches_the_same_state(blank_url: str) -> None:
    app = Flask("test")
    connect(app, blank_url)
    Migrate(app, db, directory=str(data_dir("migrations")))

    with app.app_context():
        flask_upgrade()
        with db.engine.connect() as connection:
            found = migrate.current(connection)
        db.engine.dispose()

    assert found == migrate.head()


# Migrations that are yet to come


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the migrations, to which a test can add."""
    folder = tmp_path / "100 % new" / "migrations"
    shutil.copytree(data_dir("migrations"), folder)
    monkeypatch.setattr(migrate, "data_dir", lambda name: folder)
    return folder


def add(checkout: Path, script: str) -> None:
    file = checkout / "versions" / "9999_next.py"
    file.write_text(script.format(head=migrate.head()))


@pytest.fixture
def drafted(session: Session) -> Session:
    """Return a session on a database with a draft and an entry of it."""
    with writing(session):
        session.execute(
            text(
                "INSERT INTO draft (id, title, state, created_at, created_by) "
                "VALUES (1, 'x', 'open', '2026-01-01 00:00:00Z', 'kim')"
            )
        )
        session.execute(text("INSERT INTO draft_entry VALUES (1, 'organization', '{}')"))
    return session


def entries(session: Session) -> int:
    return int(session.scalar(text("SELECT count(*) FROM draft_entry")) or 0)


def test_rebuilding_a_table_keeps_the_rows_that_refer_to_it(
    drafted: Session, engine: Engine, checkout: Path
) -> None:
    add(checkout, REBUILD_DRAFT)

    migrate.upgrade(engine)

    title = {column["name"]: column for column in inspect(engine).get_columns("draft")}["title"]
    assert title["nullable"]
    assert entries(drafted) == 1


@pytest.mark.sqlite_only
def test_foreign_keys_are_on_again_after_a_migration(
    drafted: Session, engine: Engine, checkout: Path
) -> None:
    add(checkout, REBUILD_DRAFT)

    migrate.upgrade(engine)

    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


@pytest.mark.sqlite_only
def test_a_migration_that_would_break_references_is_undone(
    drafted: Session, engine: Engine, checkout: Path
) -> None:
    add(checkout, BREAK_REFERENCES)

    with pytest.raises(RuntimeError, match="would break references"):
        migrate.upgrade(engine)

    with engine.connect() as connection:
        assert migrate.current(connection) == migrate.head()
    assert entries(drafted) == 1


def test_a_generated_migration_names_our_types_and_runs(blank: Engine, checkout: Path) -> None:
    for file in checkout.glob("versions/*.py"):
        if file.stem > "0002":
            file.unlink()
    migrate.upgrade(blank)
    config = Config()
    config.set_main_option("script_location", str(checkout).replace("%", "%%"))
    config.attributes["engine"] = blank

    command.revision(config, "Drafts", autogenerate=True, rev_id="9999")
    migrate.upgrade(blank)

    script = next(checkout.glob("versions/9999*.py")).read_text()
    assert "from policy_api.db.types import CanonicalJson" in script
    with blank.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []


def test_sql_cannot_be_written_out_without_a_database(blank: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(data_dir("migrations")))

    with pytest.raises(SystemExit, match="look at the database"):
        command.upgrade(config, "head", sql=True)
