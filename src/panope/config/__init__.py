"""Settings: one file per area, every field described. Read by bootstrap and the command line only."""
