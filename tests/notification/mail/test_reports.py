"""What servers and providers report after they took a mail: read, proven, minded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from flask.cli import ScriptInfo
from sqlalchemy import select
from sqlalchemy.orm import Session

from policy_api.access import queries as access
from policy_api.cli import main
from policy_api.notification import mail_reports
from policy_api.notification.models import MailSubscription, Suppression
from tests.notification.mail.conftest import READER, House, Post
from tests.notification.mail.reports import bounce, complaint

Command = Callable[..., Any]


@pytest.fixture
def command(house: House) -> Command:
    """Return a function that runs ``policy-api subscriptions`` and reads its answer."""

    def run(*words: object, given: bytes = b"") -> Any:  # noqa: ANN401 -- JSON
        info = ScriptInfo(create_app=lambda: house.app)
        told = ["subscriptions", *map(str, words), "--json"]
        done = CliRunner().invoke(main, told, obj=info, input=given)
        assert done.exit_code == 0, done.output
        return orjson.loads(done.stdout)

    return run


def notice(house: House) -> Post:
    """Subscribe a reader, and return the mail that tells of a change."""
    house.subscribe()
    house.announce()
    house.work_off()
    return house.server.posts[-1]


def suppressed(house: House) -> list[str]:
    with Session(house.engine) as session:
        return list(session.scalars(select(Suppression.reason)))


def live(house: House) -> int:
    with Session(house.engine) as session:
        ended = session.scalars(select(MailSubscription.ended_at)).all()
        return ended.count(None)


@pytest.mark.parametrize(
    ("status", "action", "diagnosis", "is_final"),
    [
        ("5.1.1", "failed", "", True),
        ("5.1.2", "Failed", "", True),
        ("5.2.1", "failed", "", True),
        ("5.4.4", "failed", "550 5.4.4 host not found", True),
        ("5.0.0", "failed", "", True),
        ("5.0.0", "failed", "550 5.1.1 no such user", True),
        ("5.0.0", "failed", "550 5.7.1 you are on a list", False),
        ("5.2.2", "failed", "552 5.2.2 mailbox full", False),
        ("5.7.1", "failed", "550 5.7.1 we do not want you", False),
        ("4.4.7", "failed", "", False),
        ("5.1.1", "delayed", "", False),
        ("2.1.5", "delivered", "", False),
        ("nonsense", "failed", "", False),
    ],
)
def test_only_what_is_final_about_an_address_counts(
    status: str, action: str, diagnosis: str, is_final: object
) -> None:
    found = mail_reports.read(bounce(READER, status=status, action=action, diagnosis=diagnosis))

    assert (found is not None) is is_final
    if found is not None:
        assert (found.kind, found.addresses) == ("bounced", (READER,))


@pytest.mark.parametrize(("kind", "counts"), [("abuse", True), ("opt-out", True), ("virus", False)])
def test_only_a_complaint_is_one(kind: str, counts: object) -> None:
    found = mail_reports.read(complaint(READER, kind=kind))

    assert (found is not None) is counts


BEGUN = b"Content-Type: multipart/report; boundary=x\n\n--x\n"
NESTED = b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n"


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"Subject: I am away until Monday\n\nAutomatic answer.\n",
        b"\xff\xfe\x00" * 100,
        BEGUN + b"Content-Type: message/delivery-status\n",
        BEGUN + b"Content-Type: message/rfc822\n\n--x--\n",
        b"".join(NESTED % (number, number) for number in range(2000)),
        bounce(READER) + b"x" * mail_reports.LARGEST,
    ],
)
def test_what_is_no_report_is_none(junk: bytes) -> None:
    assert mail_reports.read(junk) is None


@pytest.mark.parametrize("heads_only", [False, True])
def test_a_bounce_that_returns_our_mail_ends_the_subscription(
    house: House, command: Command, *, heads_only: bool
) -> None:
    sent = notice(house)
    report = bounce("forwarded@elsewhere.example", returned=sent.content, heads_only=heads_only)

    told = command("bounces", "-", given=report)

    assert (told["read"], told["bounced"], told["unproven"]) == (1, 1, 0)
    assert (suppressed(house), live(house)) == (["bounced"], 0)


def test_a_bounce_of_the_mail_that_asks_back_counts_too(house: House, command: Command) -> None:
    asked = house.subscribe()

    told = command("bounces", "-", given=bounce(READER, returned=asked.content, heads_only=True))

    assert (told["bounced"], live(house)) == (1, 0)


def test_a_complaint_of_a_provider_that_names_nobody_counts(house: House, command: Command) -> None:
    sent = notice(house)

    told = command("bounces", "-", given=complaint(None, returned=sent.content))

    assert (told["complained"], suppressed(house)) == (1, ["complained"])


def test_nobody_ends_somebody_elses_subscription_by_a_made_up_report(
    house: House, command: Command
) -> None:
    house.subscribe("attacker@example.net", site="main")
    own = house.server.posts[-1].content
    house.subscribe()

    for report in (
        bounce(READER),
        bounce(READER, returned=own.replace(b"attacker@example.net", READER.encode())),
        complaint(READER, returned=b"Message-ID: <made-up@example.org>\n\nHello"),
    ):
        assert command("bounces", "-", given=report)["unproven"] == 1

    assert (suppressed(house), live(house)) == ([], 2)


def test_an_operator_may_believe_what_proves_nothing(house: House, command: Command) -> None:
    house.subscribe()

    assert command("bounces", "--unproven", "-", given=bounce(READER))["bounced"] == 1

    assert (suppressed(house), live(house)) == (["bounced"], 0)


def test_a_maildir_is_read_once(house: House, command: Command, tmp_path: Path) -> None:
    sent = notice(house)
    for folder in ("new", "cur", "tmp"):
        (tmp_path / folder).mkdir()
    (tmp_path / "new" / "1.bounce").write_bytes(bounce(READER, returned=sent.content))
    (tmp_path / "new" / "2.other").write_bytes(b"Subject: Hello\n\nA question about your policy.")

    rehearsed = command("bounces", tmp_path, "--dry-run")
    assert (rehearsed["bounced"], live(house)) == (1, 1)
    first, second = command("bounces", tmp_path), command("bounces", tmp_path)

    assert (first["read"], first["bounced"], first["other"]) == (2, 1, 1)
    assert second["read"] == 0
    assert sorted(file.name for file in (tmp_path / "cur").iterdir()) == [
        "1.bounce:2,S",
        "2.other:2,S",
    ]


def test_an_address_is_written_to_no_more_by_hand(house: House, command: Command) -> None:
    house.subscribe()

    assert command("bounce", READER, "--complaint", "--by", "me") == {"ended": 1}

    house.announce()
    house.work_off()
    assert len(house.server.posts) == 1
    with Session(house.engine) as session:
        line = next(iter(access.audit(session, limit=1)))
    assert (line.action, line.object, line.actor) == (
        "subscription.complained",
        "subscriptions",
        "me",
    )


def test_what_an_owner_said_outlasts_what_a_server_said(house: House, command: Command) -> None:
    for flags in ((), ("--complaint",), ()):
        command("bounce", READER, *flags)

    assert suppressed(house) == ["complained"]
