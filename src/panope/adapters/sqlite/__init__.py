"""The embedded telemetry engine: one SQLite file, one writer thread, pooled readers."""
