"""What the relational telemetry engines share: statements, row mapping, the query compiler, reading and writing."""
