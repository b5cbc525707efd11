"""The routes of the web app, `/api/ui`: for people who are signed in."""
