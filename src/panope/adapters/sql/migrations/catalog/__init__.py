"""Revisions of the catalog plane."""
