"""Settings of a project, in the web app."""
