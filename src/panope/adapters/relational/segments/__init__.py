"""Segments of the index of texts as they are stored."""
