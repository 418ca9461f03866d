"""Test kits: for our own tests, and for those of plugins."""
