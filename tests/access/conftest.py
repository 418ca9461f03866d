"""People with tokens."""

from __future__ import annotations

from tests.access.people import editor, releases, someone

__all__ = ["editor", "releases", "someone"]
