"""The index of texts, as the projects want it."""
