"""Publish versioned, multilingual privacy policies for many sites."""

from __future__ import annotations

__version__ = "0.1.0"
