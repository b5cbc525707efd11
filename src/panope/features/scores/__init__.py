"""Reading and deleting scores."""
