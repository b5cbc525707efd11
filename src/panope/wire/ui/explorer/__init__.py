"""What only the explorer of the web app asks for and is told."""
