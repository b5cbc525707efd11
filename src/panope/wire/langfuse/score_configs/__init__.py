"""Score configs on the wire."""
