<<<<<<< HEAD
"""The routes of the web app, `/api/ui`: for people who are signed in."""
=======
"""Routes of the web app, for people who are signed in."""
>>>>>>> wt-signin
