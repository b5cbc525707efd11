"""What people make of telemetry: comments, and the work on annotation queues."""
