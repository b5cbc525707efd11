"""Reading traces, observations and sessions, and deleting traces."""
