"""What operators ask of a store: what is wrong, and everything there is."""
