"""Projects and members in dictionaries."""
