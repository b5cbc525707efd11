"""Business-free helpers: clock, ids, batching, logging, self-metrics."""
