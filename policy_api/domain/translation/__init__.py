"""Translation: which text a locale has for a unit, and whether it still fits the source."""
