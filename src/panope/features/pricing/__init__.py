"""Price models: the shipped table, a project's own entries, and the price book that ingestion uses."""
