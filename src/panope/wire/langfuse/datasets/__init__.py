"""Datasets and their items on the wire."""
