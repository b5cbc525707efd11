"""The read API of telemetry, and deletion: see `read_routes` in `routes`."""
