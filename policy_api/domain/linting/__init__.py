"""Linting: findings about a source, by rules that anyone can add to."""
