"""Runs of datasets, and experiments, as the public API words them."""
