"""People: who they are, where they belong, and that they are signed in."""
