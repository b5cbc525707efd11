"""What people say of traces: scores and comments."""
