"""Routes for the keys of organisations."""
