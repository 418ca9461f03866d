"""Fields for what belongs to the net and to the calendar: hosts, addresses, periods."""

from __future__ import annotations

import re

from policy_api.domain.content.faults import refusal, shown
from policy_api.domain.content.fields import ContentText, written_line
from policy_api.domain.content.limits import (
    EMAIL_LENGTH,
    HOST_LENGTH,
    NAME_LENGTH,
    PATH_LENGTH,
    URL_LENGTH,
)
from policy_api.domain.content.links import ascii_host, https_url, is_email, is_host, is_phone
from policy_api.domain.content.placeholders import leading_name, sample

_PATH = re.compile(r"/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-F]{2}|/)*", re.ASCII)
_PERIOD = re.compile(
    r"P(?:[0-9]{1,4}W|(?=[0-9])(?:[0-9]{1,4}Y)?(?:[0-9]{1,4}M)?(?:[0-9]{1,4}D)?)", re.ASCII
)


class Host(ContentText):
    """A host name as it stands in a request: lower case, ASCII form, without port."""

    longest = HOST_LENGTH

    def accepted(self, value: object) -> str:
        """Return a host name."""
        if isinstance(value, str) and is_host(value):
            return value
        written = value.removesuffix(".") if isinstance(value, str) else ""
        near = ascii_host(written) or ""
        expected = near if is_host(near) else "such as forum.example.org"
        raise refusal(f"“{shown(value)}” is no host name.", expected)


class HttpsUrl(ContentText):
    """An absolute https address without a user name."""

    longest = URL_LENGTH

    def accepted(self, value: object) -> str:
        """Return an address."""
        text = written_line(value, longest=self.longest)
        if https_url(text) is None:
            raise refusal(f"“{shown(text)}” is no https address.", https_meant(text))
        return text


def https_meant(text: str) -> str:
    """Return the https address somebody may have meant."""
    near = "https://" + re.sub(r"^(?:http://|//)", "", text)
    return near if https_url(near) else "such as https://example.org/privacy"


class UrlTemplate(ContentText):
    """An https address in which placeholders may stand."""

    longest = URL_LENGTH

    def accepted(self, value: object) -> str:
        """Return a template that comes out as an https address."""
        text = written_line(value, longest=self.longest)
        if https_url(sample(text)) is None:
            expected = "https://… or a placeholder for a whole address, such as {site.form_url}"
            raise refusal(f"“{shown(text)}” is no https address.", expected)
        name = leading_name(text)
        if name is not None and name.startswith("contact.") and not name.endswith(".url"):
            raise refusal(f"{{{name}}} is no address.", "a placeholder for an address")
        return text


class Email(ContentText):
    """An e-mail address."""

    longest = EMAIL_LENGTH

    def accepted(self, value: object) -> str:
        """Return an e-mail address."""
        text = written_line(value, longest=self.longest)
        if not is_email(text):
            near = text.removeprefix("mailto:")
            expected = near if is_email(near) else "such as privacy@example.org"
            raise refusal(f"“{shown(text)}” is no e-mail address.", expected)
        return text


class Phone(ContentText):
    """A telephone number."""

    longest = NAME_LENGTH

    def accepted(self, value: object) -> str:
        """Return a telephone number as it was grouped by its author."""
        text = written_line(value, longest=self.longest)
        if not is_phone(text):
            raise refusal(f"“{shown(text)}” is no telephone number.", "such as +49 40 123456")
        return text


class SitePath(ContentText):
    """An absolute path on a site's own host."""

    longest = PATH_LENGTH

    def accepted(self, value: object) -> str:
        """Return a path that cannot lead to another host."""
        text = written_line(value, longest=self.longest)
        steps = text.split("/")
        if not _PATH.fullmatch(text) or "//" in text or {".", ".."} & set(steps):
            raise refusal(f"“{shown(text)}” is no path on the site.", "such as /privacy/")
        return text


class Period(ContentText):
    """An ISO 8601 period in years, months and days, or in weeks."""

    longest = NAME_LENGTH

    def accepted(self, value: object) -> str:
        """Return a period."""
        text = written_line(value, longest=self.longest)
        if not is_period(text):
            raise refusal(f"“{shown(text)}” is no period.", "such as P30D, P24M, P1Y6M or P2W")
        return text


def is_period(text: str) -> bool:
    """Tell whether a text is a period that has labels in every language."""
    return _PERIOD.fullmatch(text) is not None
