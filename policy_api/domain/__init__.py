"""The rules of publishing policies: no database, web, network, clock or settings."""
