"""The dialects: one file per vocabulary of attributes, each declaring rules in the shapes of `rules`."""
