"""The shipped gunicorn settings are understood, and safe."""

from __future__ import annotations

import pytest
from gunicorn.app.wsgiapp import WSGIApplication

from policy_api.reading.worker import EditionWorker
from policy_api.resources import data_file


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> WSGIApplication:
    monkeypatch.setenv("POLICY_API_PORT", "8123")
    monkeypatch.setenv("POLICY_API_BIND", "")
    monkeypatch.setattr("sys.argv", ["gunicorn", "-c", str(data_file("gunicorn.conf.py"))])
    return WSGIApplication()


def test_it_listens_where_the_settings_say(server: WSGIApplication) -> None:
    assert server.cfg.bind == ["127.0.0.1:8123"]


def test_it_runs_the_application_factory(server: WSGIApplication) -> None:
    assert server.cfg.wsgi_app == "policy_api.app:create_app()"
    assert server.cfg.worker_class is EditionWorker


def test_one_setting_takes_gunicorns_own_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICY_API_FAST_WORKER", "false")
    monkeypatch.setattr("sys.argv", ["gunicorn", "-c", str(data_file("gunicorn.conf.py"))])

    assert WSGIApplication().cfg.worker_class_str == "gthread"


def test_it_trusts_no_forwarded_header_and_opens_no_control_socket(
    server: WSGIApplication,
) -> None:
    assert server.cfg.forwarded_allow_ips == []
    assert server.cfg.forwarder_headers == []
    assert server.cfg.control_socket_disable
