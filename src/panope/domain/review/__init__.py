"""What people make of telemetry: comments, and annotation queues with their items."""
