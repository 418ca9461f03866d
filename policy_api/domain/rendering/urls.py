"""Which addresses a page may lead to, whoever wrote them."""

from __future__ import annotations

from urllib.parse import urlsplit

from policy_api.domain.content.links import https_url, is_link


def safe_link(url: object) -> str | None:
    """Return an address that a text may link to, or None."""
    return url if isinstance(url, str) and is_link(url) else None


def safe_path(url: object) -> str | None:
    """Return an absolute path of this service, or an https address, or None."""
    if not isinstance(url, str):
        return None
    is_path = url.startswith("/") and not url.startswith("//")
    # Judged as part of an address, so that both kinds obey the same rules.
    return url if https_url(f"https://host.invalid{url}" if is_path else url) else None


def https_origin(url: object) -> str | None:
    """Return ``https://host[:port]`` of a plain https address, or None."""
    if not isinstance(url, str) or https_url(url) is None:
        return None
    parts = urlsplit(url)
    host = str(parts.hostname).encode("idna").decode("ascii")
    return f"https://{host}" + ("" if parts.port is None else f":{parts.port}")
