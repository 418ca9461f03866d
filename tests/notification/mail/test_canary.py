"""An address is seen by its mail server and by nobody else: a canary goes through everything."""

from __future__ import annotations

import logging
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import inspect, text

from policy_api import logs
from policy_api.cli import main
from tests.notification.mail.conftest import Act, House, fall_silent, hang_up, hasty, say

CANARY = "kanarienvogel"
ADDRESS = f"{CANARY}+shop@example.net"

TROUBLES: dict[str, dict[str, Act]] = {
    "refuses": {"RCPT": say(f"450 4.2.0 <{ADDRESS}> greylisted, said {ADDRESS}")},
    "hangs up": {"DATA": hang_up},
    "is silent": {"DATA": fall_silent},
}


def written(caplog: pytest.LogCaptureFixture) -> str:
    """Return what was logged, as production writes it; the test's own mail server left out."""
    form = logs.JsonFormatter()
    return "\n".join(form.format(each) for each in caplog.records if each.name != "mail.log")


def go_through_everything(house: House) -> str:
    """Ask, fail to send, send, confirm, be told, bounce; return the secret of the links."""
    house.client.post("/v1/subscriptions", json={"email": f"{CANARY}@", "site": "shop"})
    house.client.post("/v1/subscriptions", json={"email": ADDRESS, "site": "nowhere"})
    house.client.post("/v1/subscriptions", data=f'{{"email": "{ADDRESS}"', content_type="text/json")
    house.client.get(f"/v1/subscriptions?email={ADDRESS}")
    for count, acts in enumerate(TROUBLES.values(), 1):
        house.server.acts = acts
        house.ask(ADDRESS)
        with house.working(pace=hasty(timeout=1.0)):
            house.wait_for_attempts(count)
        house.clock.pass_by(timedelta(minutes=20))
    house.server.acts = {}
    house.work_off()
    link = house.server.posts[-1].link("confirm")
    assert house.client.post(link).status_code == 200
    house.announce()
    house.server.answers[ADDRESS] = f"550 5.1.1 <{ADDRESS}> is not here"
    house.work_off()
    house.keep_up()
    return link.split("/")[3]


def test_an_address_is_in_no_log_no_table_and_no_answer(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = go_through_everything(house)
    paths = ("/v1/changes", "/metrics", "/v1/sites/shop/policies/privacy/feed.json")
    answers = [house.client.get(path).text for path in paths]

    lines = written(caplog)
    assert lines
    for place in (lines, everything_stored(house), *answers):
        assert CANARY not in place.lower()
        assert token not in place


@pytest.mark.sqlite_only
def test_an_address_is_in_no_export(house: House, tmp_path: Path) -> None:
    go_through_everything(house)
    folder = tmp_path / "exports"
    folder.mkdir()
    environment = {
        "POLICY_API_PROFILE": "testing",
        "POLICY_API_DATA_DIR": str(house.settings.data_dir),
        "POLICY_API_DATABASE_URL": house.settings.database_url,
        "POLICY_API_SIGNING_KEY_FILE": str(house.settings.signing_key_file),
        "POLICY_API_SECRET_KEY": house.settings.secret_key,
    }
    printed = [
        run(environment, *command)
        for command in (
            ("export", f"{folder}/bundle.zip"),
            ("export", "--history", f"{folder}/history"),
            ("webhooks", "list", "--json"),
            ("audit", "--json"),
        )
    ]

    files = [file for file in folder.rglob("*") if file.is_file()]
    assert files
    assert not [file for file in files if CANARY.encode() in content(file)]
    assert not [each for each in printed if CANARY in each]


def run(environment: dict[str, str], *arguments: str) -> str:
    done = CliRunner().invoke(main, arguments, env=environment)
    assert done.exit_code == 0, f"{arguments}: {done.output}"
    return done.output


def content(file: Path) -> bytes:
    if file.suffix != ".zip":
        return file.read_bytes()
    with zipfile.ZipFile(file) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


def everything_stored(house: House) -> str:
    """Return every value of every table."""
    found = []
    with house.engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            rows = connection.execute(text(f'SELECT * FROM "{table}"'))  # noqa: S608 -- our own names
            found += [
                bytes(each).decode("latin-1") if isinstance(each, bytes | memoryview) else str(each)
                for row in rows
                for each in row
            ]
    return "\n".join(found)
