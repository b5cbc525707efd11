"""What people think of panope: taken, kept, listed."""
