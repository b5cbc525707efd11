"""The catalog in dictionaries: what the ports say, in the fewest words."""
