"""Taking telemetry in: what was decoded becomes durable together with its receipt."""
