"""Use cases of connections to other services, and the sealing of their secrets."""
