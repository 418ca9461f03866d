"""Kinds of entries: one file for each; how they are loaded, checked and kept as files."""
