"""People in dictionaries."""
