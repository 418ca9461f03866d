"""In-process signals, sent after a commit.

A receiver is a convenience such as a cache purge. It must not fail and may be missed: what must
not be missed reads the event log.
"""

from __future__ import annotations

from blinker import Namespace

_namespace = Namespace()

edition_published = _namespace.signal("edition-published")
"""A release is committed. Keywords: ``release`` (its number), ``sites`` (the keys affected)."""

release_withdrawn = _namespace.signal("release-withdrawn")
"""An announced release is taken back. Keywords: ``release``, ``sites``."""
