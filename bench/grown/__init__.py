"""Ingest into a store of millions."""
