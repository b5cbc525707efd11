"""Searching texts, on every engine."""
