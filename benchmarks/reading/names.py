"""The servers that are measured, and what their ratios must be."""

from __future__ import annotations

WORKER, FAST, SLOW = "our worker", "fast path, gthread", "no answers kept"
BARE, NAIVE, NGINX = "bare WSGI, gthread", "naive ORM + Markdown", "nginx, a file"

PLAIN, PACKED, UNCHANGED = "/a-plain", "/b-packed", "/c-unchanged"
"""Where those that know nothing of policies give each kind of answer; the first letter tells."""

GOALS = (
    (FAST, BARE, "200", 0.90),
    (FAST, BARE, "200, compressed", 0.90),
    (FAST, BARE, "304", 0.90),
    (SLOW, BARE, "200", 0.15),
    (WORKER, NGINX, "200", 0.60),
    (WORKER, NGINX, "200, compressed", 0.60),
    (WORKER, NGINX, "304", 0.60),
    (WORKER, NAIVE, "200", 400.0),
)
"""These, as a multiple of those, for a kind of answer → at least so much."""
