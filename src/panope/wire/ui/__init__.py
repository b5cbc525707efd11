"""What the web app reads and sends."""
