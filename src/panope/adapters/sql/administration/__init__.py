"""Projects and members in SQL."""
