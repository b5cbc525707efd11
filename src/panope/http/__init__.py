"""ASGI transport: authentication, error bodies, routes."""
