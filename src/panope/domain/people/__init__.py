"""What people keep for themselves and for each other."""
