"""Test kits: for our own tests, and for those of plugins."""

from __future__ import annotations

import pytest

# Otherwise a broken promise shows as a bare AssertionError, without the values.
pytest.register_assert_rewrite("policy_api.testing.blocks", "policy_api.testing.channels")
