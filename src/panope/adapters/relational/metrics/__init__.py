"""Metrics queries on both SQL engines: aggregated inside the database, from time buckets where those know enough."""
