"""Text as it is searched: folded, cut into tokens, found again through segments of an index."""
