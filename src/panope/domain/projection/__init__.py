"""From events to rows: what a batch changes in a store, worked out without knowing which store it is."""
