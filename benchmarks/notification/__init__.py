"""Measurements of notification."""
