"""Mails in which servers and providers report, as they write them."""

from __future__ import annotations

from email import message_from_bytes, message_from_string
from email.message import Message
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.parser import Parser


def bounce(
    address: str,
    *,
    status: str = "5.1.1",
    action: str = "failed",
    returned: bytes | None = None,
    heads_only: bool = False,
    diagnosis: str = "",
) -> bytes:
    """Return a delivery status notification (RFC 3464)."""
    per_message = (
        "Reporting-MTA: dns; mx.example.net\nArrival-Date: Mon, 9 Mar 2026 08:00:00 +0000\n"
    )
    per_recipient = f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}\n"
    if diagnosis:
        per_recipient += f"Diagnostic-Code: smtp; {diagnosis}\n"
    report = _part("message/delivery-status", f"{per_message}\n{per_recipient}")
    return _mail("delivery-status", report, returned, heads_only=heads_only)


def complaint(address: str | None, *, returned: bytes | None = None, kind: str = "abuse") -> bytes:
    """Return a report of a feedback loop (RFC 5965); a discreet provider names nobody."""
    fields = f"Feedback-Type: {kind}\nUser-Agent: Example/1.0\nVersion: 1\n"
    if address is not None:
        fields += f"Original-Rcpt-To: <{address}>\n"
    report = _part("message/feedback-report", fields)
    return _mail("feedback-report", report, returned)


def _mail(kind: str, report: Message, returned: bytes | None, *, heads_only: bool = False) -> bytes:
    mail = MIMEMultipart("report", report_type=kind)
    mail["From"], mail["To"] = "postmaster@example.net", "legal@example.org"
    mail["Subject"] = "Something about your mail"
    mail.attach(MIMEText("A person would read this."))
    mail.attach(report)
    if returned is not None:
        mail.attach(_returned(returned, heads_only=heads_only))
    return mail.as_bytes()


def _returned(raw: bytes, *, heads_only: bool) -> Message:
    if not heads_only:
        return MIMEMessage(message_from_bytes(raw))
    heads = Parser().parsestr(raw.decode(), headersonly=True)
    lines = "".join(f"{name}: {value}\n" for name, value in heads.items())
    return _part("text/rfc822-headers", lines)


def _part(kind: str, fields: str) -> Message:
    return message_from_string(f"Content-Type: {kind}\n\n{fields}")
