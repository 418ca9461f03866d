"""The database: engine, types, transactions, readiness."""
