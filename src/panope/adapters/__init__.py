"""One package per technology, each implementing ports; only `bootstrap` knows them by name."""
