"""Connections to services that panope may call on behalf of a project."""
