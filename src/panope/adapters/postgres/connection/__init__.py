"""How this process reaches a Postgres server: opening, what fails, what it must guarantee, what it keeps prepared."""
