"""What mail servers and mailbox providers report after a mail was taken, read from their mails.

A report is a mail that anybody can write, so what it says is one thing and what it proves another:
it proves something if it returns what only the receiver of our mail can know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, message_from_string, policy
from email.message import Message
from email.utils import parseaddr
from typing import Final

from policy_api.notification.subscriptions import BOUNCED

COMPLAINED: Final = "complained"

LARGEST: Final = 1_000_000
"""Bytes of a report; it returns one of our mails, which are much smaller."""

_ENHANCED = re.compile(r"\b5\.(\d{1,3})\.(\d{1,3})\b")
_UNSUBSCRIBE = re.compile(r"/v1/subscriptions/([A-Za-z0-9_-]{20,100})/unsubscribe>")
_MESSAGE_ID = re.compile(r"<([0-9a-f]{40})@")

_UNTOLD = ("0", "0")
_ABOUT_THE_ADDRESS: Final = frozenset({"0", "1", "2"})
_NO_SUCH_PLACE: Final = frozenset({("4", "1"), ("4", "4")})
"""What large servers say of a name or a domain that does not exist."""

_ABOUT_THE_MAIL: Final = frozenset({("2", "2"), ("2", "3")})
"""A full mailbox, and a mail that is too large for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """That an address cannot be written to, or that its owner complains."""

    kind: str
    """``bounced`` or ``complained``."""

    addresses: tuple[str, ...] = field(repr=False)
    """Whom it is about, as far as it says; not all of them must be known here."""

    token: str = field(repr=False)
    """Secret of the links in the returned mail; empty if that shows none."""

    message_id: str = field(repr=False)
    """First part of the returned mail's Message-ID; empty if that shows none of ours."""


def read(raw: bytes) -> Report | None:
    """Read a mail as a delivery status notification (RFC 3464) or a complaint (RFC 5965).

    :return: None if it is neither, or says nothing final about an address.
    """
    if len(raw) > LARGEST:
        return None
    try:
        mail = message_from_bytes(raw, policy=policy.compat32)
        parts: dict[str, Message] = {}
        for part in mail.walk():
            # The report comes before the mail that it returns, which may hold anything.
            parts.setdefault(part.get_content_type(), part)
        return _complaint(parts) or _bounce(parts)
    except (RecursionError, ValueError, LookupError):
        # Whoever nests or encodes a mail like that wants something else than to report.
        return None


def _bounce(parts: dict[str, Message]) -> Report | None:
    found = parts.get("message/delivery-status")
    if found is None:
        return None
    failed = [block for block in _blocks(found) if _is_permanent(block)]
    if not failed:
        return None
    named = [
        str(value).partition(";")[2]
        for block in failed
        for name in ("Original-Recipient", "Final-Recipient")
        for value in block.get_all(name, ())
    ]
    return _report(BOUNCED, named, _returned(parts))


def _complaint(parts: dict[str, Message]) -> Report | None:
    found = parts.get("message/feedback-report")
    for block in () if found is None else _blocks(found):
        if str(block.get("Feedback-Type", "")).strip().lower() in {"abuse", "opt-out"}:
            named = [str(value) for value in block.get_all("Original-Rcpt-To", ())]
            return _report(COMPLAINED, named, _returned(parts))
    return None


def _report(kind: str, named: list[str], returned: Message) -> Report:
    written = [*named, *map(str, returned.get_all("To", ()))]
    addresses = dict.fromkeys(parseaddr(each.strip())[1] for each in written)
    token = _UNSUBSCRIBE.search(_unfolded(returned, "List-Unsubscribe"))
    message_id = _MESSAGE_ID.search(_unfolded(returned, "Message-ID"))
    return Report(
        kind=kind,
        addresses=tuple(filter(None, addresses)),
        token=token[1] if token else "",
        message_id=message_id[1] if message_id else "",
    )


def _returned(parts: dict[str, Message]) -> Message:
    """Return our mail as far as a report brings it back."""
    whole = parts.get("message/rfc822")
    if whole is not None:
        return next(_blocks(whole), Message())
    heads = parts.get("text/rfc822-headers")
    if heads is None:
        return Message()
    payload = heads.get_payload(decode=True)
    return message_from_string(payload.decode("latin-1") if isinstance(payload, bytes) else "")


def _blocks(part: Message) -> Iterator[Message]:
    """Yield the groups of fields in a part that is made of them."""
    payload = part.get_payload()
    for each in payload if isinstance(payload, list) else ():
        if isinstance(each, Message):
            yield each


def _is_permanent(block: Message) -> bool:
    """Tell an address that does not exist from a server that does not want this mail, or us."""
    if str(block.get("Action", "")).strip().lower() != "failed":
        return False
    code = _code(block, "Status")
    if code == _UNTOLD:
        code = _code(block, "Diagnostic-Code") or code
    if code is None or code in _ABOUT_THE_MAIL:
        return False
    return code[0] in _ABOUT_THE_ADDRESS or code in _NO_SUCH_PLACE


def _code(block: Message, name: str) -> tuple[str, str] | None:
    """Return subject and detail of a permanent status (RFC 3463), if it is one."""
    found = _ENHANCED.search(str(block.get(name, "")))
    return None if found is None else (found[1], found[2])


def _unfolded(mail: Message, name: str) -> str:
    """Return a header that has no blanks of its own, wherever relays have broken it."""
    return re.sub(r"\s+", "", str(mail.get(name, "")))
