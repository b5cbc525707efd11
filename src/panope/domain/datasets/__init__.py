"""Datasets, their items with all versions, and the schemas that items keep to."""
