"""Administration: projects of an organisation with their keys, its members, and what becomes of deleted projects."""
