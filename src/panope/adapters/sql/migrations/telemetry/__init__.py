"""Revisions of the telemetry plane."""
