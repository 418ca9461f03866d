"""Health, metrics and the documentation page."""

from __future__ import annotations

import builtins
import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from policy_api.app import create_app
from policy_api.settings import Settings

pytestmark = pytest.mark.sqlite_only


def test_the_process_is_up_without_a_database(settings: Settings, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/blank.sqlite3"
    client = create_app(replace(settings, database_url=url)).test_client()

    health, readiness = client.get("/healthz"), client.get("/readyz")

    assert (health.status_code, readiness.status_code) == (200, 503)
    assert readiness.get_json()["detail"].startswith("The database is at another revision")


def test_a_migrated_database_is_ready(client: FlaskClient) -> None:
    answer = client.get("/readyz")

    assert (answer.get_json(), answer.headers["Cache-Control"]) == ({"status": "ready"}, "no-store")


def test_metrics_count_operations_and_never_addresses(client: FlaskClient) -> None:
    client.get("/v1/sites")
    client.get("/v1/sites/nowhere")
    client.get("/made/up/by/a/stranger")
    client.open("/v1/sites", method="BREW")

    text = client.get("/metrics").text

    assert 'requests_total{method="GET",operation="list_sites",status="200"} 1.0' in text
    assert 'requests_total{method="GET",operation="get_site",status="404"} 1.0' in text
    assert 'requests_total{method="none",operation="none",status="404"} 1.0' in text
    assert "stranger" not in text
    assert "BREW" not in text


def test_without_the_client_metrics_say_how_to_switch_them_on(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def lacking(name: str, *rest: object) -> object:
        if name.startswith("prometheus_client"):
            raise ImportError(name)
        return real(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", lacking)
    answer = create_app(settings).test_client().get("/metrics")

    assert answer.status_code == 404
    assert "policy-api[metrics]" in answer.get_json()["detail"]


def test_the_documentation_page_loads_everything_from_here(client: FlaskClient) -> None:
    page = client.get("/docs")

    addresses = re.findall(r'(?:src|href|data-openapi)="([^"]+)"', page.text)
    answers = {address: client.get(address).status_code for address in addresses}
    assert len(answers) == 5
    assert set(answers.values()) == {200}
    assert not re.search(r"<script(?![^>]* src=)|<style|\son\w+=", page.text)


def test_the_documentation_page_allows_no_script_of_others(client: FlaskClient) -> None:
    policy = client.get("/docs").headers["Content-Security-Policy"]

    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "http" not in policy


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("docs.js", "text/javascript"),
        ("swagger-ui-bundle.js", "text/javascript"),
        ("swagger-ui.css", "text/css"),
        ("favicon-32x32.png", "image/png"),
    ],
)
def test_files_of_the_page_have_their_type(client: FlaskClient, name: str, kind: str) -> None:
    assert client.get(f"/docs/{name}").mimetype == kind


@pytest.mark.parametrize("name", ["index.html", "oauth2-redirect.html", "..", "%2e%2e"])
def test_no_other_file_can_be_had(client: FlaskClient, name: str) -> None:
    assert client.get(f"/docs/{name}").status_code == 404
