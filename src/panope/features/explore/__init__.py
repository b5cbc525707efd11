"""Looking around in a project: what the web app lists, counts and opens."""
