"""One package per technology, each implementing ports."""
