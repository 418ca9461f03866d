"""Our worker sends what gunicorn's own would send, to the byte, and counts what it sends."""

from __future__ import annotations

import inspect
import socket
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from gunicorn.http.message import Message, Request
from gunicorn.http.wsgi import Response
from gunicorn.workers.gthread import TConn, ThreadWorker

from tests.reading.places import EVERY_PUBLIC, SHOP
from tests.reading.published import CORRECTED
from tests.reading.told import Told
from tests.speed.servers import Server, one_answer, read_all, request, serving, undated
from tests.speed.shapes import SHAPES

pytestmark = pytest.mark.sqlite_only

INSIDE = {
    "ThreadWorker": "2cde92a57d7bae10",
    "TConn": "e3a2878ba952710a",
    "Message": "1998788a8a484d40",
    "Request": "5fb06ef65d3b892b",
    "Response": "d67f8e6b29d76622",
}
"""Digests of what the worker rests on. Where one moves, read the change, then renew it."""

WISHES: tuple[dict[str, str], ...] = (
    {},
    {"Accept_Encoding": "br"},
    {"Accept_Encoding": "gzip, deflate, br, zstd", "Accept_Language": "de-AT,de;q=0.9"},
    {"Accept_Encoding": "identity;q=0"},
    {"If_None_Match": '"another"', "User_Agent": "reader", "X_Request_Id": "1"},
    {"Connection": "keep-alive", "Accept_Language": ""},
    {"Host": "forum.example.org:80"},
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("servers")


@pytest.fixture(scope="module")
def chosen(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield settings over the small history."""
    told = Told(folder=folder)
    told.app("sqlite", CORRECTED)
    (file,) = folder.glob("*.sqlite3")
    yield {
        "data_dir": folder,
        "database_url": f"sqlite:///{file}",
        "signing_key_file": folder / "signing-key.pem",
    }
    told.close()


@pytest.fixture(scope="module")
def stock(folder: Path, chosen: dict[str, Any]) -> Iterator[Server]:
    """Yield a server as gunicorn makes it, which keeps no answers."""
    with serving(folder, fast_worker="false", answer_cache_mib=0, **chosen) as server:
        yield server


@pytest.fixture(scope="module")
def fast(folder: Path, chosen: dict[str, Any]) -> Iterator[Server]:
    """Yield a server with our worker, which writes an access log."""
    with serving(folder, "--access-logformat", ACCESS, **chosen) as server:
        yield server


ACCESS = "%(m)s %(U)s %(q)s %(s)s %(B)s %({x-request-id}i)s"


def difference(stock: Server, fast: Server, *parts: bytes) -> list[tuple[bytes, bytes]]:
    """Return answers of the fast server beside the expected one, where they are not the same."""
    expected = undated(stock.ask(*parts))
    answers = [undated(fast.ask(*parts)) for _ in range(3)]
    return [(answer, expected) for answer in answers if answer != expected]


@pytest.mark.parametrize("path", [*EVERY_PUBLIC, "/v1/policies/privacy", "/docs", "/nowhere"])
def test_every_resource_is_the_same_on_the_wire(stock: Server, fast: Server, path: str) -> None:
    found = [
        line
        for wish in WISHES
        for method in ("GET", "HEAD")
        for line in difference(stock, fast, request(path, method=method, **wish))
    ]

    assert found == []


@pytest.mark.parametrize("path", [SHOP, f"{SHOP}.html", "/v1/policies/privacy.md"])
@pytest.mark.parametrize("method", ["OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "get"])
def test_every_method_is_the_same_on_the_wire(
    stock: Server, fast: Server, path: str, method: str
) -> None:
    fast.get(path)

    assert difference(stock, fast, request(path, method=method)) == []


@pytest.mark.parametrize("path", EVERY_PUBLIC)
def test_a_repeat_is_the_same_on_the_wire(stock: Server, fast: Server, path: str) -> None:
    found = []
    for coding in ("br", "gzip", "identity"):
        head, _ = stock.get(path, Accept_Encoding=coding)
        tag = (head.partition(b"ETag: ")[2].split(b"\r\n")[0] or b'"none"').decode()
        for wish in (tag, f"W/{tag}", f'{tag}, "b"', "*"):
            again = request(path, Accept_Encoding=coding, If_None_Match=wish)
            found += difference(stock, fast, again)

    assert found == []


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_an_odd_request_gets_the_same_answer(
    stock: Server, fast: Server, shape: tuple[bytes, ...]
) -> None:
    fast.get(SHOP)

    assert difference(stock, fast, *shape) == []


def test_an_answer_has_one_date_whoever_gives_it(stock: Server, fast: Server) -> None:
    heads = [server.get(SHOP)[0] for server in (stock, fast, fast)]

    assert [head.count(b"\r\nDate: ") for head in heads] == [1, 1, 1]


def test_a_connection_is_kept_through_answers_of_either_way(stock: Server, fast: Server) -> None:
    turns = (
        request(SHOP),
        request(SHOP, method="OPTIONS"),
        request(SHOP),
        request("/nowhere"),
        request(SHOP, method="HEAD"),
        request(SHOP, Accept_Encoding="br"),
        request(SHOP, Connection="close"),
    )

    assert conversation(fast, turns) == conversation(stock, turns)


def test_a_connection_is_kept_where_no_answer_is(
    stock: Server, folder: Path, chosen: dict[str, Any]
) -> None:
    turns = (request(SHOP), request(SHOP, Accept_Encoding="br"), request(f"{SHOP}.html"))

    with serving(folder, answer_cache_mib=0, **chosen) as keeping_nothing:
        found = conversation(keeping_nothing, turns)

    assert found == conversation(stock, turns)


def conversation(server: Server, turns: tuple[bytes, ...]) -> list[bytes]:
    """Return the answers to requests that follow each other on one connection."""
    answers = []
    with server.connect() as opened:
        for turn in turns:
            opened.sendall(turn)
            answers.append(undated(one_answer(opened, has_body=not turn.startswith(b"HEAD"))))
        answers.append(read_all(opened))
    return answers


def test_slow_readers_hold_nobody_up(fast: Server) -> None:
    path = "/docs/swagger-ui-bundle.js"
    whole = fast.ask(request(path))
    slow = [fast.connect() for _ in range(12)]
    for number, opened in enumerate(slow):
        # The first one is read to its end, which should not take as long.
        room = 4096 if number else 2**17
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        opened.sendall(request(path))
    started = time.monotonic()

    for _ in range(50):
        fast.get(SHOP)

    spent = time.monotonic() - started
    first = one_answer(slow[0], has_body=True)
    for opened in slow:
        opened.close()
    assert spent < 5
    assert undated(first) == undated(whole)


def test_idle_and_half_finished_clients_hold_nobody_up(fast: Server) -> None:
    idle = [fast.connect() for _ in range(40)]
    started = time.monotonic()

    answers = {fast.get(SHOP)[0][:12] for _ in range(20)}

    spent = time.monotonic() - started
    for opened in idle:
        opened.close()
    assert (answers, spent < 5) == ({b"HTTP/1.1 200"}, True)


def test_every_answer_is_logged_and_counted(folder: Path, chosen: dict[str, Any]) -> None:
    config = folder / "logging.conf.py"
    shipped = Path("gunicorn.conf.py").read_text(encoding="utf-8")
    config.write_text(f"{shipped}\naccesslog = '-'\nlogconfig_dict = {{}}\n")
    with serving(folder, "-c", str(config), "--access-logformat", ACCESS, **chosen) as server:
        for number in range(5):
            server.get(f"{SHOP}?locale=de", X_Request_Id=str(number))
        metrics = server.get("/metrics")[1].decode()
        lines = server.log.read_text().splitlines()

    length = lines[0] and [line for line in lines if line.startswith("GET /v1/sites/shop")]
    assert [line.split()[-1] for line in length] == ["0", "1", "2", "3", "4"]
    assert len({line.rsplit(maxsplit=1)[0] for line in length}) == 1
    assert 'policy_api_requests_total{method="GET",operation="get_policy",status="200"} 5.0' in (
        metrics
    )


def test_a_worker_that_stops_answers_what_has_been_asked(
    folder: Path, chosen: dict[str, Any]
) -> None:
    with serving(folder, **chosen) as server:
        server.get(SHOP)
        with server.connect() as opened:
            opened.sendall(request(SHOP))
            first = one_answer(opened, has_body=True)
            server.process.terminate()
            time.sleep(0.3)
            opened.sendall(request(SHOP))
            last = one_answer(opened, has_body=True)
        code = server.process.wait(20)

    assert b"\r\nConnection: keep-alive\r\n" in first
    assert b"\r\nConnection: close\r\n" in last
    assert first.partition(b"\r\n\r\n")[2] == last.partition(b"\r\n\r\n")[2]
    assert code == 0


@pytest.mark.parametrize("inside", [ThreadWorker, TConn, Message, Request, Response])
def test_the_inside_of_gunicorn_is_as_it_was_understood(inside: type) -> None:
    digest = sha256(inspect.getsource(inside).encode()).hexdigest()[:16]

    assert digest == INSIDE[inside.__name__]
