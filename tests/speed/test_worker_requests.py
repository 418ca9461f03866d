"""Only a request that is plain in every respect is read on the short way."""

from __future__ import annotations

import pytest

from policy_api.reading.worker_requests import RequestReader
from tests.speed.servers import request
from tests.speed.shapes import SHAPES

PATH = "/v1/sites/shop/policies/privacy"


def test_a_plain_request_is_read() -> None:
    read = RequestReader().read(
        request(
            f"{PATH}?locale=de",
            Accept_Encoding="br",
            ACCEPT_LANGUAGE=" de ",
            If_None_Match='"a-br"',
            User_Agent="reader",
            Connection="Keep-Alive",
        )
    )

    assert read is not None
    assert (read.target, read.host) == (f"{PATH}?locale=de".encode(), b"shop.example.org")
    assert (read.encoding, read.language, read.tag) == (b"br", b"de", b'"a-br"')


def test_a_header_that_is_there_but_empty_is_not_absent() -> None:
    reader = RequestReader()

    empty, absent = reader.read(request(PATH, Accept_Encoding="")), reader.read(request(PATH))

    assert empty is not None
    assert absent is not None
    assert (empty.encoding, absent.encoding) == (b"", None)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_an_odd_request_is_left_to_the_usual_way(shape: tuple[bytes, ...]) -> None:
    reader = RequestReader()

    assert [reader.read(part) for part in shape] == [None] * len(shape)


def test_a_reader_forgets_what_strangers_make_it_remember() -> None:
    reader = RequestReader()

    for number in range(10_000):
        reader.read(request(PATH, X_Request_Id=str(number)))

    assert len(reader._lines) <= 2048  # noqa: SLF001 -- what this is about
