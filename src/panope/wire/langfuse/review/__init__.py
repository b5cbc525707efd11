"""Comments and annotation queues on the wire."""
