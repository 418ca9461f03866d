"""Rendering: from effective policy to editions, and from editions to representations."""
