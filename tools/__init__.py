"""What builds, checks and describes the project; no part of the server."""
