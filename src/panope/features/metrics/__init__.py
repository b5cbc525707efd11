"""Use cases that answer in numbers."""
