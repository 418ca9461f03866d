"""Importing: what people have today (pages, tables, spreadsheets) as entries of a source."""
