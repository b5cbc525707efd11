"""Use cases of datasets and their items."""
