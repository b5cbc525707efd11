"""Routes of the web app, for people who are signed in."""
