"""People in SQL."""
