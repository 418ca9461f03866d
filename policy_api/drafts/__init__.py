"""Edits on the way to a release."""
