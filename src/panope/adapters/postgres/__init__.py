"""The production engine: Postgres."""
