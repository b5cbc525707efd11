"""Experiments: a dataset's items tried out, one run after the other, and what came of it."""
