"""Copies made under load are whole, and a damaged one never takes a database's place."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from policy_api.backups import NoFile, NotACopy, back_up, restore
from policy_api.cli import main
from policy_api.db.engine import make_engine
from policy_api.domain.blocks import register_builtin_kinds
from policy_api.domain.proof.chain import Checkpoint
from policy_api.errors import BrokenProof, Conflict
from policy_api.ledger import queries
from tests.faults.publishing_processes import publish_heading
from tests.faults.test_publishing_faults import key

COPIES = int(os.environ.get("POLICY_API_TEST_COPIES", "3"))
ZSTANDARD = b"\x28\xb5\x2f\xfd"

__all__ = ["key"]


def publish_on(url: str, key: Path, stop: Event) -> None:
    """Publish one release after the other until told to stop."""
    register_builtin_kinds()
    engine = make_engine(url)
    while not stop.is_set():
        base = releases_in(url)
        publish_heading(engine, key, f"Heading {base}", base)


@contextmanager
def publishing(url: str, key: Path) -> Iterator[None]:
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    process = context.Process(target=publish_on, args=(url, key, stop))
    process.start()
    try:
        yield
        assert process.exitcode is None
    finally:
        stop.set()
        process.join(60)


def releases_in(url: str) -> int:
    engine = make_engine(url)
    with Session(engine) as session:
        number = queries.head_number(session)
    engine.dispose()
    return number


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def copied(url: str, target: Path) -> Path:
    engine = make_engine(url)
    back_up(engine, target)
    engine.dispose()
    return target


@pytest.mark.sqlite_only
def test_a_copy_made_under_load_holds_everything_acknowledged_before(
    database_url: str, key: Path, tmp_path: Path
) -> None:
    with publishing(database_url, key):
        for number in range(COPIES):
            before = releases_in(database_url)
            while releases_in(database_url) == before:
                continue
            acknowledged = releases_in(database_url)

            copy = copied(database_url, tmp_path / f"{number}.copy")
            done = restore(copy, tmp_path / f"{number}.sqlite3")

            assert acknowledged <= done.releases <= releases_in(database_url)


@pytest.mark.sqlite_only
def test_a_copy_is_one_file_of_its_owners(database_url: str, key: Path, tmp_path: Path) -> None:
    copy = copied(database_url, tmp_path / "copies.sqlite3")

    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert sorted(tmp_path.glob("copies*")) == [copy]
    with pytest.raises(Conflict):
        copied(database_url, copy)


@pytest.mark.sqlite_only
def test_a_plain_copy_of_the_file_would_have_lost_releases(
    database_url: str, key: Path, tmp_path: Path
) -> None:
    engine = make_engine(database_url)
    with engine.connect() as reader:
        reader.exec_driver_sql("SELECT count(*) FROM release").all()
        for base in (1, 2):
            publish_heading(engine, key, f"Heading {base}", base)
        copy = copied(database_url, tmp_path / "copy")
        plain = Path(shutil.copyfile(file_of(database_url), tmp_path / "plain"))
    engine.dispose()

    assert restore(copy, tmp_path / "right.sqlite3").releases == 3
    assert releases_in(f"sqlite:///{plain}") < 3


def test_a_server_makes_its_own_copies(database_url: str, tmp_path: Path) -> None:
    if database_url.startswith("sqlite"):
        return
    with pytest.raises(NoFile, match="pg_dump"):
        copied(database_url, tmp_path / "copy")


def header(raw: bytes) -> int:
    return 18


def page(raw: bytes) -> int:
    return 4096 + 1


def an_edition(raw: bytes) -> int:
    return raw.rindex(ZSTANDARD) + 60


@pytest.mark.sqlite_only
@pytest.mark.parametrize("where", [header, page, an_edition])
def test_a_damaged_copy_takes_no_place(
    where: object, database_url: str, key: Path, tmp_path: Path
) -> None:
    assert callable(where)
    copy, target = copied(database_url, tmp_path / "copy"), tmp_path / "new" / "here.sqlite3"
    raw = bytearray(copy.read_bytes())
    raw[where(bytes(raw))] ^= 0xFF
    copy.write_bytes(raw)

    with pytest.raises((NotACopy, BrokenProof)):
        restore(copy, target)

    assert list(target.parent.iterdir()) == []


@pytest.mark.sqlite_only
def test_half_a_copy_takes_no_place(database_url: str, key: Path, tmp_path: Path) -> None:
    copy, target = copied(database_url, tmp_path / "copy"), tmp_path / "new" / "here.sqlite3"
    copy.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2])

    with pytest.raises(NotACopy):
        restore(copy, target)

    assert list(target.parent.iterdir()) == []


@pytest.mark.sqlite_only
def test_an_older_copy_is_noticed_by_the_head_that_was_noted(
    database_url: str, key: Path, tmp_path: Path
) -> None:
    copy = copied(database_url, tmp_path / "copy")
    engine = make_engine(database_url)
    publish_heading(engine, key, "Newer", 1)
    with Session(engine) as session:
        head = queries.head(session)
    engine.dispose()
    assert head is not None

    with pytest.raises(BrokenProof):
        restore(copy, tmp_path / "old.sqlite3", checkpoint=Checkpoint(chain_head=head.chain_head))


@pytest.mark.sqlite_only
def test_a_database_that_is_there_is_never_overwritten(
    database_url: str, key: Path, tmp_path: Path
) -> None:
    copy = copied(database_url, tmp_path / "copy")

    with pytest.raises(Conflict, match="Move it away"):
        restore(copy, file_of(database_url))


def test_a_database_brought_back_by_others_is_checked_in_place(
    database_url: str, key: Path, tmp_path: Path
) -> None:
    environment = {
        "POLICY_API_DATABASE_URL": database_url,
        "POLICY_API_DATA_DIR": str(tmp_path),
        "POLICY_API_SIGNING_KEY_FILE": str(tmp_path / "lost.pem"),
    }

    done = CliRunner().invoke(main, ["restore"], env=environment)

    assert done.exit_code == 0, done.output
    assert "1 releases are back" in done.output
    assert "There is no signing key" in done.output
