"""Requests as nobody should send them, each as the parts in which it arrives."""

from __future__ import annotations

from typing import Final

PATH: Final = b"/v1/sites/shop/policies/privacy"
LINE: Final = b"GET " + PATH + b" HTTP/1.1\r\n"
HOST: Final = b"Host: shop.example.org\r\n"
END: Final = b"\r\n"
PLAIN: Final = LINE + HOST + END


def with_fields(*fields: bytes) -> tuple[bytes, ...]:
    """Return a request with further lines in its head."""
    return (LINE + HOST + b"".join(field + b"\r\n" for field in fields) + END,)


def with_line(line: bytes) -> tuple[bytes, ...]:
    """Return a request with another first line."""
    return (line + b"\r\n" + HOST + END,)


SHAPES: Final[dict[str, tuple[bytes, ...]]] = {
    "nothing": (b"",),
    "one byte": (b"G",),
    "an empty line alone": (b"\r\n",),
    "two empty lines": (b"\r\n\r\n",),
    "an empty line before": (b"\r\n" + PLAIN,),
    "half a line": (b"GET /v1/sites/shop",),
    "half a head": (LINE + HOST,),
    "no host": (LINE + END,),
    "an empty host": (LINE + b"Host:\r\n" + END,),
    "two hosts": with_fields(b"Host: forum.example.org"),
    "the same host twice": with_fields(b"Host: shop.example.org"),
    "a host with a user": (LINE + b"Host: a@shop.example.org\r\n" + END,),
    "a host list": (LINE + b"Host: shop.example.org, forum.example.org\r\n" + END,),
    "a host with a path": (LINE + b"Host: shop.example.org/v1\r\n" + END,),
    "a host in brackets": (LINE + b"Host: [::1]\r\n" + END,),
    "bare line feeds": (PLAIN.replace(b"\r\n", b"\n"),),
    "one bare line feed": (LINE + HOST + b"Accept: a\nb: c\r\n" + END,),
    "a bare carriage return": (LINE + HOST + b"Accept: a\rb\r\n" + END,),
    "a folded header": with_fields(b"Accept-Language: de,", b" en"),
    "a header folded by a tab": with_fields(b"Accept-Language: de,", b"\ten"),
    "space before the colon": with_fields(b"Accept-Language : de"),
    "space before the name": with_fields(b" Accept-Language: de"),
    "a header without a name": with_fields(b": de"),
    "a header without a colon": with_fields(b"Accept-Language"),
    "a name with a space": with_fields(b"Accept Language: de"),
    "a name beyond ASCII": with_fields(b"Accept-L\xe4nguage: de"),
    "an underscore": with_fields(b"Accept_Language: de"),
    "a NUL in a value": with_fields(b"Accept-Language: d\x00e"),
    "a NUL in a name": with_fields(b"Accept\x00Language: de"),
    "a control character": with_fields(b"Accept-Language: d\x07e"),
    "DEL": with_fields(b"Accept-Language: d\x7fe"),
    "a language twice": with_fields(b"Accept-Language: de", b"Accept-Language: en"),
    "a coding twice": with_fields(b"Accept-Encoding: br", b"accept-encoding: gzip"),
    "a tag twice": with_fields(b'If-None-Match: "a"', b'If-None-Match: "b"'),
    "a list of tags": with_fields(b'If-None-Match: "a", "b"'),
    "a weak tag": with_fields(b'If-None-Match: W/"a"'),
    "any tag": with_fields(b"If-None-Match: *"),
    "a tag without quotes": with_fields(b"If-None-Match: a"),
    "a date alone": with_fields(b"If-Modified-Since: Fri, 01 Jan 2027 00:00:00 GMT"),
    "a range": with_fields(b"Range: bytes=0-9"),
    "a range if": with_fields(b"Range: bytes=0-9", b'If-Range: "a"'),
    "a precondition": with_fields(b'If-Match: "a"'),
    "credentials": with_fields(b"Authorization: Bearer nobody"),
    "a cookie": with_fields(b"Cookie: seen=4"),
    "an expectation": with_fields(b"Expect: 100-continue"),
    "an expectation that nobody knows": with_fields(b"Expect: miracles"),
    "an upgrade": with_fields(b"Connection: Upgrade", b"Upgrade: websocket"),
    "an upgrade to HTTP/2": with_fields(
        b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABk"
    ),
    "close": with_fields(b"Connection: close"),
    "keep-alive and close": with_fields(b"Connection: keep-alive, close"),
    "connection twice": with_fields(b"Connection: keep-alive", b"Connection: close"),
    "no length": with_fields(b"Content-Length: 0"),
    "a body": (LINE + HOST + b"Content-Length: 4\r\n\r\nbody",),
    "two lengths": (LINE + HOST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nbody!",),
    "a signed length": (LINE + HOST + b"Content-Length: +4\r\n\r\nbody",),
    "a chunked body": (LINE + HOST + b"Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n",),
    "length and chunks": (
        LINE + HOST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / ",
    ),
    "hidden chunks": (LINE + HOST + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",),
    "a coding nobody knows": (LINE + HOST + b"Transfer-Encoding: xchunked\r\n\r\n",),
    "pipelined": (PLAIN + PLAIN + PLAIN,),
    "pipelined with a rest": (PLAIN + b"GET /v1/si",),
    "something behind the head": (PLAIN + b"x",),
    "HTTP/1.0": with_line(b"GET " + PATH + b" HTTP/1.0"),
    "HTTP/0.9": (b"GET " + PATH + b"\r\n",),
    "HTTP/2.0": with_line(b"GET " + PATH + b" HTTP/2.0"),
    "HTTP/1.2": with_line(b"GET " + PATH + b" HTTP/1.2"),
    "http in small letters": with_line(b"GET " + PATH + b" http/1.1"),
    "the preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",),
    "a proxy's preface": (b"PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n" + PLAIN,),
    "a method in small letters": with_line(b"get " + PATH + b" HTTP/1.1"),
    "another method": with_line(b"DELETE " + PATH + b" HTTP/1.1"),
    "a method nobody knows": with_line(b"FETCHALL " + PATH + b" HTTP/1.1"),
    "TRACE": with_line(b"TRACE " + PATH + b" HTTP/1.1"),
    "CONNECT": with_line(b"CONNECT shop.example.org:443 HTTP/1.1"),
    "two spaces": with_line(b"GET  " + PATH + b" HTTP/1.1"),
    "a tab": with_line(b"GET\t" + PATH + b"\tHTTP/1.1"),
    "a space in the target": with_line(b"GET " + PATH + b" x HTTP/1.1"),
    "a space behind": with_line(b"GET " + PATH + b" HTTP/1.1 "),
    "no target": with_line(b"GET  HTTP/1.1"),
    "an asterisk": with_line(b"GET * HTTP/1.1"),
    "a whole address": with_line(b"GET http://shop.example.org" + PATH + b" HTTP/1.1"),
    "another's whole address": with_line(b"GET http://forum.example.org" + PATH + b" HTTP/1.1"),
    "an authority": with_line(b"GET shop.example.org:80 HTTP/1.1"),
    "a fragment": with_line(b"GET " + PATH + b"#welcome HTTP/1.1"),
    "a target beyond ASCII": with_line(b"GET " + PATH + b"?locale=\xc3\xa4 HTTP/1.1"),
    "a long target": with_line(b"GET " + PATH + b"?" + b"a" * 5000 + b" HTTP/1.1"),
    "many headers": with_fields(*(b"X-%d: a" % number for number in range(120))),
    "a long header": with_fields(b"X-Long: " + b"a" * 5000),
    "a head in small parts": (LINE[:10], LINE[10:], HOST, END),
    "a head without its end": (LINE, HOST),
}
"""Name → parts."""
