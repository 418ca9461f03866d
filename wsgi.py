"""Entry point for any WSGI server: ``gunicorn wsgi:app``."""

from __future__ import annotations

from policy_api.app import create_app

app = create_app()
