"""Measurements of reading."""
