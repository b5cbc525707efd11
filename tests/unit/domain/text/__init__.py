"""Texts as they are searched."""
