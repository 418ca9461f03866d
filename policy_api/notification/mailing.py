"""One mail to one person: plain text, HTML, and headers that nothing can be smuggled into."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from typing_extensions import override

from policy_api.domain.languages import direction
from policy_api.notification.addresses import Address
from policy_api.notification.mail_queries import SubscriptionRow
from policy_api.notification.mail_words import MailWords
from policy_api.notification.telling import Names, News
from policy_api.settings import Settings

TEMPLATES = Path(__file__).parent / "templates"
LONGEST_SUBJECT = 150
FALLBACK_SENDER = "policy-api@localhost"

WHOLE = "list-unsubscribe"
"""Header that mail programs read for themselves."""

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\s]+")


class Manners(EmailPolicy):
    """How mails are written; one header stays as it is."""

    @override
    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() != WHOLE:
            return super().fold_binary(name, value)
        # Folded, a long address would become encoded words, and nobody's program reads those here.
        return f"{name}: {value}{self.linesep}".encode("ascii")


MANNERS = Manners(linesep=SMTP.linesep)


def _escapes(name: str | None) -> bool:
    return name is None or not name.endswith(".txt")


ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=_escapes,  # noqa: S701 -- off for plain text alone
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Who writes, and where the links of a mail lead."""

    sender: HeaderAddress
    base: str
    """Absolute address of the program, without a slash at the end."""

    @classmethod
    def of(cls, settings: Settings, *, mount: str) -> Letterhead:
        """Return what an operator chose.

        The host of a request is never believed: whoever asks could name their own.
        """
        name, address = parseaddr(settings.mail_from or FALLBACK_SENDER)
        origin = settings.origin.rstrip("/") or f"http://{settings.bind}:{settings.port}"
        sender = HeaderAddress(display_name=one_line(name), addr_spec=address)
        return cls(sender=sender, base=f"{origin}{mount}")

    def page(self, token: str, name: str) -> str:
        """Return the address of a page of a subscription."""
        return f"{self.base}/v1/subscriptions/{token}/{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What one person gets to read."""

    subject: str
    locale: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    unsubscribe: str | None = field(default=None, repr=False)
    """Address that ends the subscription with one POST (RFC 8058)."""


def confirmation(found: SubscriptionRow, names: Names, *, head: Letterhead, token: str) -> Mail:
    """Return the mail that asks whether the subscription is wanted."""
    words = MailWords(found.locale)
    context = {
        "confirm_href": head.page(token, "confirm"),
        "refuse_href": head.page(token, "unsubscribe"),
        "facts": facts(found, names),
        "site": one_line(names.site),
    }
    subject = words("confirm_subject", site=one_line(names.site))
    return _mail("confirmation", subject, locale=found.locale, context=context)


def notice(
    found: SubscriptionRow,
    names: Names,
    news: tuple[News, ...],
    *,
    head: Letterhead,
    token: str,
) -> Mail:
    """Return the mail that tells what happened."""
    words = MailWords(found.locale)
    end_href = head.page(token, "unsubscribe")
    subject = words("digest_subject", site=one_line(names.site))
    if len(news) == 1:
        subject = f"{news[0].policy} · {one_line(names.site)}: {news[0].headline}"
    context = {
        "base": head.base,
        "news": news,
        "end_href": end_href,
        "site": one_line(names.site),
    }
    return _mail("notice", subject, locale=found.locale, context=context, unsubscribe=end_href)


def facts(found: SubscriptionRow, names: Names) -> tuple[tuple[str, str], ...]:
    """Return what a subscription is about, as pairs of a label and a value."""
    words = MailWords(found.locale)
    return (
        (words("site"), one_line(names.site)),
        (words("policy"), one_line(names.policy or words("all_policies"))),
        (words("significance"), words.told_about(found.min_significance)),
        (words("how_often"), words.often(found.digest)),
    )


def message(
    mail: Mail, *, to: Address, head: Letterhead, message_id: str, now: datetime
) -> EmailMessage:
    """Return a mail as it is sent.

    :param message_id: What makes it this mail: the same each time it is tried.
    """
    made = EmailMessage(policy=MANNERS)
    made["From"] = head.sender
    made["To"] = HeaderAddress(username=to.local, domain=to.domain)
    made["Subject"] = one_line(mail.subject)[:LONGEST_SUBJECT]
    made["Date"] = format_datetime(now)
    made["Message-ID"] = f"<{message_id}@{head.sender.domain}>"
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    if mail.unsubscribe is not None:
        made["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    # Seven bits pass every relay, and no line is too long or begins with a dot by accident.
    made.set_content(mail.text, cte="quoted-printable")
    made.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    # Last, because what comes before the content is taken to be about its first part.
    made["Content-Language"] = mail.locale
    # A boundary of our own: the same mail is the same bytes.
    made.set_boundary(f"=_{hashlib.sha256(message_id.encode()).hexdigest()[:32]}")
    return made


def id_of(message_id: str, owner: str) -> str:
    """Return the first part of a Message-ID: the same for the same message to the same person."""
    return hashlib.sha256(f"{message_id}\n{owner}".encode()).hexdigest()[:40]


def one_line(text: str) -> str:
    """Return a text as it may stand in a header: one line, nothing invisible at its ends."""
    return _CONTROLS.sub(" ", text).strip()


def page(name: str, *, locale: str, **context: object) -> str:
    """Return a page that a mail leads to."""
    return _rendered(f"{name}.html", locale, context)


def _mail(
    name: str,
    subject: str,
    *,
    locale: str,
    context: Mapping[str, Any],
    unsubscribe: str | None = None,
) -> Mail:
    told = {**context, "subject": subject}
    return Mail(
        subject=subject,
        locale=locale,
        text=_rendered(f"{name}.txt", locale, told),
        html=_rendered(f"{name}.html", locale, told),
        unsubscribe=unsubscribe,
    )


def _rendered(template: str, locale: str, context: Mapping[str, Any]) -> str:
    return ENVIRONMENT.get_template(template).render(
        {"w": MailWords(locale), "locale": locale, "dir": direction(locale), **context}
    )
