"""Comments and annotation queues in dictionaries."""
