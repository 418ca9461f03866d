"""One spelling of a host."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_api.web.hosts import BadHost, canonical_host, request_host

NAME = "forum.example.org"


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        (NAME, NAME),
        ("Forum.Example.ORG", NAME),
        ("forum.example.org.", NAME),
        ("forum.example.org:443", NAME),
        ("forum.example.org:", NAME),
        ("FORUM.example.org.:8443", NAME),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("bu\u0308cher.example", "xn--bcher-kva.example"),
        ("ｆｏｒｕｍ.example.org", NAME),
        ("forum。example。org", NAME),
        ("localhost", "localhost"),
        ("127.0.0.1:8000", "127.0.0.1"),
        ("", None),
        (".", None),
        ("forum..example.org", None),
        ("forum.example.org..", None),
        (".forum.example.org", None),
        ("-forum.example.org", None),
        ("forum-.example.org", None),
        ("forum_example.org", None),
        ("forum.example.org:65536", None),
        ("forum.example.org:-1", None),
        ("forum.example.org:80:80", None),
        ("forum.example.org:８０", None),
        ("user@forum.example.org", None),
        ("user:pass@forum.example.org", None),
        ("forum.example.org/", None),
        ("https://forum.example.org", None),
        ("forum.example.org\\evil", None),
        ("forum.example.org,evil.example", None),
        ("forum.example.org evil.example", None),
        (" forum.example.org", None),
        ("forum.example.org\x00", None),
        ("forum.example.org\n", None),
        ("forum%2Eexample.org", None),
        ("[::1]", None),
        (f"{'x' * 64}.example", None),
        (".".join(["x" * 60] * 5), None),
        ("\u202eforum.example.org", None),
    ],
)
def test_a_host_has_one_spelling_or_none(written: str, canonical: str | None) -> None:
    assert canonical_host(written) == canonical


@given(written=st.text(max_size=80))
def test_whatever_is_accepted_is_canonical_already(written: str) -> None:
    found = canonical_host(written)

    assert found is None or canonical_host(found) == found


def test_the_host_header_says_whom_a_request_is_for() -> None:
    assert request_host({"HTTP_HOST": "Forum.example.org:80"}) == NAME


@pytest.mark.parametrize(
    "target",
    ["/v1/policies", "http://forum.example.org/v1", "HTTPS://FORUM.example.org.:443/", "/a://b"],
)
def test_a_target_in_absolute_form_may_repeat_the_host(target: str) -> None:
    assert request_host({"HTTP_HOST": NAME, "RAW_URI": target}) == NAME


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"HTTP_HOST": ""},
        {"SERVER_NAME": NAME},
        {"HTTP_HOST": "\xff"},
        {"HTTP_HOST": NAME, "RAW_URI": "http://evil.example/v1"},
        {"HTTP_HOST": NAME, "RAW_URI": f"http://user@{NAME}/v1"},
        {"HTTP_HOST": NAME, "RAW_URI": "http://[/v1"},
        {"HTTP_HOST": NAME, "REQUEST_URI": "http:///v1"},
    ],
)
def test_a_request_for_nobody_or_for_two_is_refused(environ: dict[str, str]) -> None:
    with pytest.raises(BadHost):
        request_host(environ)
