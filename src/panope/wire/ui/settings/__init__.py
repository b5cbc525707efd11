"""Settings of a project, on the wire of the web app."""
