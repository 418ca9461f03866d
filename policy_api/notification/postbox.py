"""Where mails are handed over: a relay that speaks SMTP, or a folder as long as there is none."""

from __future__ import annotations

import os
import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from policy_api.notification.wire import Outcome, Verdict
from policy_api.settings import Settings

SPOOL = "spool"
PRIVATE = 0o700
SMTP_PORT, SMTPS_PORT = 587, 465
GOODBYE = 1.0
"""Seconds to wait for the answer to QUIT, which changes nothing any more."""

NO_SUCH_ADDRESS = frozenset({550, 551, 553, 556})
"""Answers to a recipient that mean the address, unless an enhanced code says otherwise."""

Known = Callable[[smtplib.SMTP], None]

_ENHANCED = re.compile(rb"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_ADDRESS_IS_BAD = {(b"5", b"1"), (b"5", b"2")}
_MAILBOX_IS_FULL = (b"5", b"2", b"2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A mail on its way: one sender, one recipient."""

    sender: str
    to: str = field(repr=False)
    message: EmailMessage = field(repr=False)


class Call(Protocol):
    """One attempt to hand over a mail."""

    def post(self, envelope: Envelope) -> Outcome:
        """Try, and return what came of it; GONE means that the address does not exist."""
        ...

    def abort(self) -> None:
        """Cut the attempt short, from another thread."""
        ...


class Postbox(Protocol):
    """Somewhere to hand over mails."""

    @property
    def place(self) -> str:
        """What must not be flooded."""
        ...

    def call(self) -> Call:
        """Return a new attempt."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """A server that takes mails."""

    host: str
    port: int
    begins_with_tls: bool
    is_plain: bool
    """Nothing is encrypted: for a server on this machine or in a network of one's own."""

    username: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 10.0

    @classmethod
    def of(cls, url: str, *, timeout: float) -> Relay:
        """Read the address of a relay; the settings have checked it."""
        parts = urlsplit(url)
        begins_with_tls = parts.scheme == "smtps"
        return cls(
            host=parts.hostname or "",
            port=parts.port or (SMTPS_PORT if begins_with_tls else SMTP_PORT),
            begins_with_tls=begins_with_tls,
            is_plain=parse_qs(parts.query).get("tls") == ["no"],
            username=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            timeout=timeout,
        )

    @property
    def place(self) -> str:
        """What must not be flooded."""
        return self.host

    def call(self) -> Call:
        """Return a new attempt."""
        return _RelayCall(self)


class _RelayCall:
    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._smtp: smtplib.SMTP | None = None
        self._is_over = False

    def post(self, envelope: Envelope) -> Outcome:
        try:
            return self._posted(envelope)
        except smtplib.SMTPResponseException as error:
            return _busy(f"The mail server answered {_code(error.smtp_code, error.smtp_error)}.")
        except smtplib.SMTPException as error:
            return _busy(f"The mail server does not do its part: {type(error).__name__}.")
        except ssl.SSLError:
            return _busy("A secure connection to the mail server could not be made.")
        except (OSError, ValueError) as error:
            return _busy(f"The mail server cannot be reached: {type(error).__name__}.")

    def abort(self) -> None:
        self._is_over = True
        found = None if self._smtp is None else self._smtp.sock
        if found is not None:
            with suppress(OSError):
                found.shutdown(socket.SHUT_RDWR)

    def _posted(self, envelope: Envelope) -> Outcome:
        relay = self._relay
        with closing(self._connected()) as smtp:
            if self._is_over:
                # Whoever waited has counted this attempt as failed, and will make another one.
                return _busy("The attempt was cut short.")
            if relay.username:
                smtp.login(relay.username, relay.password)
            try:
                # Seven bits, CRLF and doubled dots: nothing in a text can end the mail early.
                smtp.sendmail(envelope.sender, [envelope.to], envelope.message.as_bytes())
            except smtplib.SMTPRecipientsRefused as error:
                return _refused(*next(iter(error.recipients.values())))
            # It has the mail. However it takes leave, to try again would be to send a second one.
            with suppress(smtplib.SMTPException, OSError, ValueError):
                if smtp.sock is not None:
                    smtp.sock.settimeout(GOODBYE)
                smtp.quit()
        return Outcome(verdict=Verdict.DELIVERED, status=250)

    def _connected(self) -> smtplib.SMTP:
        relay = self._relay
        trusted = ssl.create_default_context()
        if relay.begins_with_tls:
            return _SecureWire(self._take, relay, context=trusted)
        smtp = _Wire(self._take, relay)
        if not relay.is_plain:
            try:
                smtp.starttls(context=trusted)
            except (smtplib.SMTPException, OSError):
                smtp.close()
                raise
        return smtp

    def _take(self, smtp: smtplib.SMTP) -> None:
        self._smtp = smtp


class _Wire(smtplib.SMTP):
    """A connection that is known before it is made, so that waiting for a greeting can end."""

    def __init__(self, known: Known, relay: Relay) -> None:
        known(self)
        super().__init__(relay.host, relay.port, timeout=relay.timeout)


class _SecureWire(smtplib.SMTP_SSL):
    """The same, encrypted from its first byte."""

    def __init__(self, known: Known, relay: Relay, *, context: ssl.SSLContext) -> None:
        known(self)
        super().__init__(relay.host, relay.port, timeout=relay.timeout, context=context)


@dataclass(frozen=True, slots=True)
class Spool:
    """A folder that mails are put into, one file each, for lack of a server."""

    folder: Path
    place: str = SPOOL

    def call(self) -> Call:
        """Return a new attempt."""
        return self

    def post(self, envelope: Envelope) -> Outcome:
        """Write a mail down; the same one again takes the place of the first."""
        self.folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        name = re.sub(r"[^A-Za-z0-9]", "", envelope.message["Message-ID"].partition("@")[0])
        unfinished, file = self.folder / f".{name}", self.folder / f"{name}.eml"
        handle = os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as opened:
            opened.write(envelope.message.as_bytes())
        unfinished.replace(file)
        return Outcome(verdict=Verdict.DELIVERED, detail="Put into the spool folder.")

    def abort(self) -> None:
        """Leave it be: a file is written at once."""

    def forget(self, to: str) -> None:
        """Take away all mails to an address."""
        for file in self.folder.glob("*.eml"):
            with file.open("rb") as opened:
                found = BytesHeaderParser(policy=SMTP).parse(opened)["To"]
            if to.lower() in {each.addr_spec.lower() for each in found.addresses}:
                file.unlink(missing_ok=True)


def postbox(settings: Settings, *, timeout: float) -> Postbox:
    """Return where mails go."""
    if settings.smtp_url:
        return Relay.of(settings.smtp_url, timeout=timeout)
    return Spool(settings.data_dir / SPOOL)


def _refused(status: int, answer: bytes | str) -> Outcome:
    """Tell an address that does not exist from a server that does not want us."""
    told = f"The mail server refused the recipient: {_code(status, answer)}."
    if _is_bounce(status, _bytes(answer)):
        return Outcome(verdict=Verdict.GONE, status=status, detail=told)
    return Outcome(verdict=Verdict.BUSY, status=status, detail=told)


def _is_bounce(status: int, answer: bytes) -> bool:
    found = _ENHANCED.search(answer)
    if found is None:
        return status in NO_SUCH_ADDRESS
    parts = found.groups()
    return parts[:2] in _ADDRESS_IS_BAD and parts != _MAILBOX_IS_FULL


def _code(status: int, answer: bytes | str) -> str:
    """Return the codes of an answer without its words, which may repeat the address."""
    found = _ENHANCED.search(_bytes(answer))
    return f"{status} {found[0].decode()}" if found else str(status)


def _bytes(answer: bytes | str) -> bytes:
    return answer if isinstance(answer, bytes) else answer.encode("utf-8", "replace")


def _busy(detail: str) -> Outcome:
    return Outcome(verdict=Verdict.BUSY, detail=detail)
