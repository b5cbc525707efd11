"""What a diagnosis is told of the SQLite files."""
