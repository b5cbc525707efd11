"""The logical query language: what can be asked of telemetry, without a word of SQL."""
