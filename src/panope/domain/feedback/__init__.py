"""What people tell whoever operates panope."""
