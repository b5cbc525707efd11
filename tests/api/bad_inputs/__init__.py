"""Tables of what clients get wrong, one per route, and what has to come of it."""
