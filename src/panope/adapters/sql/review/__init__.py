"""Comments and annotation queues in SQL."""
