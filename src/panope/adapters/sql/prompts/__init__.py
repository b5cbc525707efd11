"""Prompts in SQL."""
