"""Where mails go: a folder without a server, and what a server's address means."""

from __future__ import annotations

import logging
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

import pytest

from policy_api.app import create_app
from policy_api.notification.postbox import Envelope, Relay, Spool
from policy_api.settings import SettingsError, load_settings
from tests.notification.mail.conftest import READER, House

pytestmark = pytest.mark.sqlite_only


def envelope(message_id: str = "m1") -> Envelope:
    message = EmailMessage()
    message["Message-ID"] = f"<{message_id}@example.org>"
    message.set_content("Hello.")
    return Envelope(sender="legal@example.org", to=READER, message=message)


def test_without_a_server_mails_go_to_a_folder_and_the_log_says_so(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.settings = replace(house.settings, smtp_url="", mail_from="")
    house.app = create_app(house.settings)
    house.ask()
    with caplog.at_level(logging.WARNING):
        house.work_off()

    (file,) = (house.settings.data_dir / "spool").glob("*.eml")
    assert file.stat().st_mode & 0o077 == 0
    assert message_from_bytes(file.read_bytes())["To"] == READER
    assert "mails go to a folder" in caplog.text


def test_the_same_mail_is_spooled_once(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")

    for message_id in ("m1", "m1", "m2"):
        spool.call().post(envelope(message_id))

    assert len(list(spool.folder.iterdir())) == 2


@pytest.mark.parametrize(
    ("url", "relay"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 587, False, False, "")),
        ("smtps://me:a%2Fb@mail.example.org", ("mail.example.org", 465, True, False, "a/b")),
        ("smtp://localhost:25?tls=no", ("localhost", 25, False, True, "")),
    ],
)
def test_the_address_of_a_server_says_how_it_is_spoken_to(
    url: str, relay: tuple[str, int, bool, bool, str]
) -> None:
    found = Relay.of(url, timeout=1)

    assert relay == (
        found.host,
        found.port,
        found.begins_with_tls,
        found.is_plain,
        found.password,
    )


def test_a_server_without_encryption_gets_no_mail_unless_that_is_asked_for(house: House) -> None:
    url = house.settings.smtp_url.partition("?")[0]

    outcome = Relay.of(url, timeout=2).call().post(envelope())

    assert outcome.verdict == "busy"
    assert house.server.posts == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMTP_URL", "mail.example.org:587"),
        ("SMTP_URL", "http://mail.example.org"),
        ("SMTP_URL", "smtp://"),
        ("SMTP_URL", "smtp://mail.example.org:x"),
        ("SMTP_URL", "smtp://mail.example.org?tls=maybe"),
        ("SMTP_URL", "smtp://me:secret@mail.example.org?tls=no"),
        ("SMTP_URL", "smtps://mail.example.org?tls=no"),
        ("MAIL_FROM", "nobody"),
        ("MAIL_FROM", "A <a@example.org\nBcc: b@example.org>"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(name: str, value: str) -> None:
    given = {
        "POLICY_API_SMTP_URL": "smtp://mail.example.org",
        "POLICY_API_MAIL_FROM": "a@example.org",
        f"POLICY_API_{name}": value,
    }

    with pytest.raises(SettingsError) as raised:
        load_settings(given)

    assert [variable for variable, _ in raised.value.problems] == [f"POLICY_API_{name}"]
    assert "secret" not in str(raised.value)


def test_a_server_needs_a_sender() -> None:
    with pytest.raises(SettingsError, match="MAIL_FROM"):
        load_settings({"POLICY_API_SMTP_URL": "smtp://mail.example.org"})
