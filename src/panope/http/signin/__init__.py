"""Pages for signing in, without a line of script."""
