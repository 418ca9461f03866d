"""The public API: what is in force, what was, what changed, and the proof of it."""
