"""Metrics as the public API asks for them and answers, in both versions and as the older daily report."""
